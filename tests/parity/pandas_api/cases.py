"""What is asked of the pandas API on Spark: expressions over `ps`, with frames of their own. Answers are their `repr`s."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

SETUP = """
d = ps.DataFrame({"a": [3, 1, 2, 2, None], "b": [1.5, -2.0, None, 4.0, 0.5], "c": ["x", "y", "x", None, "z"], "k": [1, 1, 2, 2, 2]})
o = ps.DataFrame({"k": [1, 2, 3], "v": ["one", "two", "three"]})
s = ps.Series([5, 3, 8, 3, 1], name="s")
t = ps.DataFrame({"t": pd.to_datetime(["2020-01-01 00:00", "2020-01-02 12:00", "2020-02-01 00:00"]), "v": [1, 2, 3]})
"""
EXPRESSIONS = """
d.dtypes
d.shape
d.sort_index()
d.head(2)
d.describe()
d.isnull().sum()
d.fillna({"b": 0, "c": "?"}).sort_index()
d.dropna().sort_index()
d[d.b > 0].sort_index()
d.loc[1:3, ["a", "c"]].sort_index()
d.iloc[:2, 0]
d.assign(e=d.a * 2 + d.b).sort_index()
d.rename(columns={"a": "A"}).columns
d.drop(columns=["a"]).sort_index()
d.sort_values(["k", "b"], ascending=[False, True])
d.set_index("c").sort_index()
d.set_index(["k", "c"]).sort_index()
d.reset_index().sort_values("index")
d.groupby("k").sum(numeric_only=True).sort_index()
d.groupby("k").agg({"a": ["min", "max"], "b": "mean"}).sort_index()
d.groupby("k").count().sort_index()
d.groupby("k").b.std().sort_index()
d.groupby("k").b.var(ddof=0).sort_index()
d.groupby("k").a.prod().sort_index()
d.groupby("k").c.nunique().sort_index()
d.groupby("k").first().sort_index()
d.groupby("k").head(1).sort_index()
d.groupby("k").size().sort_index()
d.groupby("k").b.rank().sort_index()
d.groupby("k").b.cumsum().sort_index()
d.groupby("k").b.shift().sort_index()
d.groupby("k").b.diff().sort_index()
d.groupby("k").b.fillna(9).sort_index()
d.groupby("k")[["b"]].apply(lambda x: x - x.mean()).sort_index()
d.groupby("k")[["b"]].transform(lambda x: x.abs()).sort_index()
d.groupby("k").filter(lambda x: len(x) > 2).sort_index()
d.groupby("k").b.skew().sort_index()
d.merge(o, on="k").sort_values(["a", "b"])
d.merge(o, on="k", how="right").sort_values(["k", "a"])[["k", "v"]].reset_index(drop=True)
d.merge(o, on="k", how="outer", indicator=False).shape
d.join(o.set_index("k"), on="k").sort_index()
ps.concat([d[["a"]], d[["a"]] + 1]).sort_values("a").reset_index(drop=True)
ps.concat([d[["a"]], d[["b"]]], axis=1).sort_index()
d[["a", "b"]].apply(lambda x: x.fillna(0) + 1).sort_index()
d[["a", "b"]].apply(lambda r: r.sum(), axis=1).sort_index()
d.transform(lambda x: x).sort_index()
d.b.apply(lambda x: x * 2).sort_index()
d.b.map({1.5: "one", 4.0: "four"}).sort_index()
d[["a", "b"]].pipe(lambda x: x + 1).sort_index()
d[["a", "b"]].sum()
d[["a", "b"]].mean()
d[["a", "b"]].median()
d[["a", "b"]].std()
d[["a", "b"]].var(ddof=0)
d[["a", "b"]].sem()
d[["a", "b"]].skew()
d[["a", "b"]].kurt()
d[["a", "b"]].product()
d[["a", "b"]].corr()
d[["a", "b"]].cov()
d[["a", "b"]].quantile([0.25, 0.75])
d[["a", "b"]].rank().sort_index()
d[["a"]].rank(method="first").sort_index()
d[["a"]].rank(method="dense").sort_index()
d[["a"]].rank(method="min", ascending=False).sort_index()
d[["a", "b"]].cumsum().sort_index()
d[["a", "b"]].cumprod().sort_index()
d[["a", "b"]].cummax().sort_index()
d[["a", "b"]].diff().sort_index()
d[["a", "b"]].shift(1).sort_index()
d[["a", "b"]].pct_change().sort_index()
d[["a", "b"]].clip(0, 2).sort_index()
d[["a", "b"]].round(1).sort_index()
d[["a", "b"]].abs().sort_index()
d[["b"]].interpolate().sort_index()
d[["a"]].mode()
d.nunique()
d.nlargest(2, "b")
d.nsmallest(2, "b")
d.duplicated(subset=["a"]).sort_index()
d.drop_duplicates(subset=["k"]).shape
d.pivot_table(values="b", index="k", columns="c", aggfunc="sum").sort_index()
d.melt(id_vars="k", value_vars=["a", "b"]).sort_values(["variable", "k", "value"]).reset_index(drop=True)
d[["a", "b"]].stack().sort_index()
d[["k", "b"]].set_index("k", append=True).unstack().sort_index()
d[["a", "b"]].T.sort_index()
d.query("b > 0 and k == 2").sort_index()
d.eval("a + b").sort_index()
d.where(d.b > 0).sort_index()
d[["a", "b"]].mask(d[["a", "b"]] > 2, 0).sort_index()
d.isin([1, "x"]).sort_index()
d.c.isin(["x"]).sort_index()
d.filter(items=["a", "c"]).sort_index()
d.select_dtypes("number").columns
d.astype({"k": "float"}).dtypes
d.explode("c").sort_index()
d.sample(frac=1.0, random_state=1).shape
d.to_dict(orient="list")
d.to_records().shape
d.to_csv(index=False)
d.to_json(orient="records")
d.to_pandas().shape
d.to_numpy().shape
d.iterrows().__next__()[0]
d.items().__next__()[0]
d.values.shape
d.empty
d.size
d.first_valid_index()
d[["b"]].idxmax()
d.agg(["min", "max"])[["a", "b"]].sort_index()
d.all()
d.spark.schema()
d.spark.frame().count()
d.to_spark().columns
s.sort_values()
s.value_counts().sort_index()
s.unique().sort_values()
s.mode()
s.argmax()
s.idxmin()
s.nlargest(2)
s.rank().sort_index()
s.rolling(2).sum().sort_index()
s.rolling(3).skew().sort_index()
s.rolling(4).kurt().sort_index()
s.expanding(2).mean().sort_index()
s.expanding().std().sort_index()
s.ewm(alpha=0.5).mean().sort_index()
s.ewm(com=1, ignore_na=True).mean().sort_index()
s.cumprod().sort_index()
s.between(2, 5).sort_index()
s.astype(str).str.zfill(3).sort_index()
s.quantile([0.1, 0.5]).sort_index()
s.to_frame().sort_index()
s.where(s > 3).sort_index()
s.replace({3: 30}).sort_index()
s.searchsorted(3)
s.autocorr().round(6)
s.prod()
round(s.kurt(), 9)
s.skew()
s.std(ddof=0)
s.dot(s)
s.asof(2)
s.repeat(2).sort_index()
s.hasnans
s.is_monotonic_increasing
d.c.str.upper().sort_index()
d.c.str.len().sort_index()
d.c.str.contains("x").sort_index()
d.c.fillna("").str.replace("x", "y").sort_index()
d.c.str.split("x").sort_index()
t.t.dt.year.sort_index()
t.t.dt.day_name().sort_index()
t.t.dt.strftime("%Y/%m").sort_index()
t.t.dt.floor("D").sort_index()
t.t.dt.isocalendar().sort_index()
t.set_index("t").resample("MS").v.sum().sort_index()
t.set_index("t").index.year
t.set_index("t").at_time("12:00")
t.set_index("t").between_time("00:00", "01:00").sort_index()
ps.date_range("2020-01-01", periods=3)
ps.to_datetime(ps.Series(["2020-01-01", "2020-01-02"])).sort_index()
ps.to_numeric(ps.Series(["1", "2.5"])).sort_index()
ps.get_dummies(d.c).sort_index()
ps.range(5).sort_index()
ps.isna(d).sort_index()
ps.sql("SELECT * FROM {x} WHERE v > 1", x=t[["v"]])
ps.merge_asof(t, t, on="t").sort_values("t").reset_index(drop=True)
ps.Index([3, 1, 2]).sort_values()
ps.Index([3, 1, 2]).union(ps.Index([4])).sort_values()
ps.Index([3, 1, 2]).symmetric_difference(ps.Index([3, 7])).sort_values()
ps.Index([1, 1, 2]).drop_duplicates().sort_values()
ps.Index(["a", "b"]).repeat(2).sort_values()
ps.MultiIndex.from_tuples([(1, "a"), (2, "b")])
ps.Series(["a", "b", "a"], dtype="category").cat.codes.sort_index()
ps.read_csv(path + "/x.csv").sort_index()
ps.read_json(path + "/x.json").sort_index()
ps.read_parquet(path + "/x.parquet").sort_index()
"""
# With other kinds of default indexes than `distributed-sequence`.
INDEXED = """
d.reset_index(drop=True).shape
ps.range(4).spark.frame().count()
d.sort_values("b").reset_index(drop=True).b.sort_values()
d.spark.frame().pandas_api().shape
"""


def cases() -> list[tuple[str, str]]:
    """The kind of default index, and an expression."""
    found = [("distributed-sequence", e) for e in EXPRESSIONS.strip().splitlines()]
    return found + [(kind, e) for kind in ("sequence", "distributed") for e in INDEXED.strip().splitlines()]


def evaluator(path: Path) -> Callable[[str, str], str]:
    """What evaluates cases in the active session; `path` is for files."""
    warnings.simplefilter("ignore")
    import pandas as pd
    import pyspark.pandas as ps

    pd.set_option("display.width", 200)
    names: dict[str, Any] = {"pd": pd, "ps": ps, "path": str(path)}
    exec(SETUP, names)
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    frame.to_csv(path / "x.csv", index=False)
    frame.to_json(path / "x.json", orient="records", lines=True)
    frame.to_parquet(path / "x.parquet")

    def evaluate(kind: str, expression: str) -> str:
        ps.set_option("compute.default_index_type", kind)
        try:
            return repr(eval(expression, names))
        except Exception as error:
            return f"{type(error).__name__}: {getattr(error, 'getCondition', lambda: None)()}"
        finally:
            ps.reset_option("compute.default_index_type")

    return evaluate
