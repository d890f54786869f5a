"""TPC-H's 22 queries as DataFrame programs: one function a query, each taking a session with the eight tables.

They are written as a user would write them, not as transcripts of the SQL: literals are Python's (so 0.5 is a double),
subqueries are joins with aggregates where that is the custom, and `scalar`, `exists` and `outer` where those read best.
"""

from collections.abc import Callable
from datetime import date

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

revenue = F.col("l_extendedprice") * (1 - F.col("l_discount"))


def q01(spark: SparkSession) -> DataFrame:
    return (
        spark.table("lineitem")
        .where(F.col("l_shipdate") <= F.date_sub(F.lit(date(1998, 12, 1)), 90))
        .groupBy("l_returnflag", "l_linestatus")
        .agg(
            F.sum("l_quantity").alias("sum_qty"),
            F.sum("l_extendedprice").alias("sum_base_price"),
            F.sum(revenue).alias("sum_disc_price"),
            F.sum(revenue * (1 + F.col("l_tax"))).alias("sum_charge"),
            F.avg("l_quantity").alias("avg_qty"),
            F.avg("l_extendedprice").alias("avg_price"),
            F.avg("l_discount").alias("avg_disc"),
            F.count("*").alias("count_order"),
        )
        .orderBy("l_returnflag", "l_linestatus")
    )


def q02(spark: SparkSession) -> DataFrame:
    offers = (
        spark.table("region")
        .where(F.col("r_name") == "EUROPE")
        .join(spark.table("nation"), F.col("r_regionkey") == F.col("n_regionkey"))
        .join(spark.table("supplier"), F.col("n_nationkey") == F.col("s_nationkey"))
        .join(spark.table("partsupp"), F.col("s_suppkey") == F.col("ps_suppkey"))
    )
    parts = spark.table("part").where((F.col("p_size") == 15) & F.col("p_type").endswith("BRASS"))
    return (
        parts.join(offers, parts.p_partkey == offers.ps_partkey)
        .withColumn("cheapest", F.min("ps_supplycost").over(Window.partitionBy("p_partkey")))
        .where("ps_supplycost = cheapest")
        .select("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
        .orderBy(F.desc("s_acctbal"), "n_name", "s_name", "p_partkey")
        .limit(100)
    )


def q03(spark: SparkSession) -> DataFrame:
    day = date(1995, 3, 15)
    building = spark.table("customer").filter(F.col("c_mktsegment") == "BUILDING")
    orders = spark.table("orders").filter(F.col("o_orderdate") < day)
    items = spark.table("lineitem").filter(F.col("l_shipdate") > day)
    return (
        building.join(orders, building["c_custkey"] == orders["o_custkey"])
        .join(items, orders["o_orderkey"] == items["l_orderkey"])
        .groupBy("l_orderkey", "o_orderdate", "o_shippriority")
        .agg(F.sum(revenue).alias("revenue"))
        .select("l_orderkey", "revenue", "o_orderdate", "o_shippriority")
        .sort(F.col("revenue").desc(), "o_orderdate")
        .limit(10)
    )


def q04(spark: SparkSession) -> DataFrame:
    late = spark.table("lineitem").where("l_commitdate < l_receiptdate")
    return (
        spark.table("orders")
        .where((F.col("o_orderdate") >= "1993-07-01") & (F.col("o_orderdate") < F.add_months(F.lit("1993-07-01"), 3)))
        .where(late.where(F.col("l_orderkey") == F.col("o_orderkey").outer()).exists())
        .groupBy("o_orderpriority")
        .agg(F.count("*").alias("order_count"))
        .orderBy("o_orderpriority")
    )


def q05(spark: SparkSession) -> DataFrame:
    customer, orders, supplier = spark.table("customer"), spark.table("orders"), spark.table("supplier")
    year = orders.where(F.year("o_orderdate") == 1994)
    asia = spark.table("nation").join(
        spark.table("region").where("r_name = 'ASIA'"), F.col("n_regionkey") == F.col("r_regionkey"), "left_semi"
    )
    return (
        customer.join(year, customer.c_custkey == year.o_custkey)
        .join(spark.table("lineitem"), F.col("l_orderkey") == F.col("o_orderkey"))
        .join(supplier, [F.col("l_suppkey") == supplier.s_suppkey, customer.c_nationkey == supplier.s_nationkey])
        .join(asia, F.col("s_nationkey") == F.col("n_nationkey"))
        .groupBy("n_name")
        .agg(F.sum(revenue).alias("revenue"))
        .orderBy("revenue", ascending=False)
    )


def q06(spark: SparkSession) -> DataFrame:
    return (
        spark.table("lineitem")
        .filter(F.col("l_shipdate").between(date(1994, 1, 1), date(1994, 12, 31)))
        .filter("l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24")
        .agg(F.sum(F.col("l_extendedprice") * F.col("l_discount")).alias("revenue"))
    )


def q07(spark: SparkSession) -> DataFrame:
    pair = spark.table("nation").where(F.col("n_name").isin("FRANCE", "GERMANY")).select("n_nationkey", "n_name")
    sellers = spark.table("supplier").join(
        pair.toDF("s_nationkey", "supp_nation"),
        "s_nationkey",
    )
    buyers = spark.table("customer").join(pair.toDF("c_nationkey", "cust_nation"), on=["c_nationkey"])
    return (
        spark.table("lineitem")
        .where(F.col("l_shipdate").between("1995-01-01", "1996-12-31"))
        .join(sellers, F.col("l_suppkey") == F.col("s_suppkey"))
        .join(spark.table("orders"), F.col("l_orderkey") == F.col("o_orderkey"))
        .join(buyers, F.col("o_custkey") == F.col("c_custkey"))
        .where("supp_nation <> cust_nation")
        .withColumns({"l_year": F.year("l_shipdate"), "volume": revenue})
        .groupBy("supp_nation", "cust_nation", "l_year")
        .agg(F.sum("volume").alias("revenue"))
        .orderBy("supp_nation", "cust_nation", "l_year")
    )


def q08(spark: SparkSession) -> DataFrame:
    nation = spark.table("nation")
    home, seller = nation.alias("home"), nation.alias("seller")
    return (
        spark.table("part")
        .where(F.col("p_type") == "ECONOMY ANODIZED STEEL")
        .join(spark.table("lineitem"), F.col("p_partkey") == F.col("l_partkey"))
        .join(spark.table("supplier"), F.col("l_suppkey") == F.col("s_suppkey"))
        .join(spark.table("orders"), F.col("l_orderkey") == F.col("o_orderkey"))
        .where(F.col("o_orderdate").between(date(1995, 1, 1), date(1996, 12, 31)))
        .join(spark.table("customer"), F.col("o_custkey") == F.col("c_custkey"))
        .join(home, F.col("c_nationkey") == F.col("home.n_nationkey"))
        .join(spark.table("region").where("r_name = 'AMERICA'"), F.col("home.n_regionkey") == F.col("r_regionkey"))
        .join(seller, F.col("s_nationkey") == F.col("seller.n_nationkey"))
        .select(
            F.extract(F.lit("year"), F.col("o_orderdate")).alias("o_year"),
            revenue.alias("volume"),
            F.col("seller.n_name").alias("nation"),
        )
        .groupBy("o_year")
        .agg(
            (F.sum(F.when(F.col("nation") == "BRAZIL", F.col("volume")).otherwise(0)) / F.sum("volume")).alias(
                "mkt_share"
            )
        )
        .orderBy("o_year")
    )


def q09(spark: SparkSession) -> DataFrame:
    items, partsupp = spark.table("lineitem"), spark.table("partsupp")
    green = spark.table("part").where(F.col("p_name").contains("green"))
    return (
        items.join(green, items.l_partkey == green.p_partkey)
        .join(partsupp, (partsupp.ps_suppkey == items.l_suppkey) & (partsupp.ps_partkey == items.l_partkey))
        .join(spark.table("supplier"), F.col("s_suppkey") == F.col("l_suppkey"))
        .join(spark.table("orders"), F.col("o_orderkey") == F.col("l_orderkey"))
        .join(spark.table("nation"), F.col("s_nationkey") == F.col("n_nationkey"))
        .groupBy(F.col("n_name").alias("nation"), F.year("o_orderdate").alias("o_year"))
        .agg(F.sum(revenue - F.col("ps_supplycost") * F.col("l_quantity")).alias("sum_profit"))
        .orderBy("nation", F.desc("o_year"))
    )


def q10(spark: SparkSession) -> DataFrame:
    orders = spark.table("orders").where("o_orderdate >= '1993-10-01' AND o_orderdate < '1994-01-01'")
    returned = spark.table("lineitem").where(F.col("l_returnflag").eqNullSafe("R"))
    who = ["c_custkey", "c_name", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment"]
    return (
        spark.table("customer")
        .join(orders.withColumnRenamed("o_custkey", "c_custkey"), "c_custkey")
        .join(returned.withColumnRenamed("l_orderkey", "o_orderkey"), "o_orderkey")
        .join(spark.table("nation").withColumnRenamed("n_nationkey", "c_nationkey"), "c_nationkey")
        .groupBy(*who)
        .agg(F.sum(revenue).alias("revenue"))
        .select("c_custkey", "c_name", "revenue", *who[2:])
        .orderBy(F.desc("revenue"))
        .limit(20)
    )


def q11(spark: SparkSession) -> DataFrame:
    value = F.sum(F.col("ps_supplycost") * F.col("ps_availqty"))
    german = (
        spark.table("partsupp")
        .join(spark.table("supplier"), F.col("ps_suppkey") == F.col("s_suppkey"))
        .join(spark.table("nation"), F.col("s_nationkey") == F.col("n_nationkey"))
        .where(F.col("n_name") == F.lit("GERMANY"))
    )
    total = german.agg((value * 0.0001).alias("threshold"))
    return (
        german.groupBy("ps_partkey")
        .agg(value.alias("value"))
        .crossJoin(total)
        .where("value > threshold")
        .drop("threshold")
        .orderBy(F.desc("value"))
    )


def q12(spark: SparkSession) -> DataFrame:
    high = F.col("o_orderpriority").isin("1-URGENT", "2-HIGH")
    return (
        spark.table("lineitem")
        .where(F.col("l_shipmode").isin(["MAIL", "SHIP"]))
        .where((F.col("l_commitdate") < F.col("l_receiptdate")) & (F.col("l_shipdate") < F.col("l_commitdate")))
        .where(F.trunc("l_receiptdate", "year") == date(1994, 1, 1))
        .join(spark.table("orders"), F.col("l_orderkey") == F.col("o_orderkey"))
        .groupBy("l_shipmode")
        .agg(
            F.sum(F.when(high, 1).otherwise(0)).alias("high_line_count"),
            F.count_if(~high).alias("low_line_count"),
        )
        .orderBy("l_shipmode")
    )


def q13(spark: SparkSession) -> DataFrame:
    orders = spark.table("orders").where(~F.col("o_comment").rlike("special.*requests"))
    return (
        spark.table("customer")
        .join(orders, F.col("c_custkey") == F.col("o_custkey"), "left")
        .groupBy("c_custkey")
        .agg(F.count("o_orderkey").alias("c_count"))
        .groupBy("c_count")
        .count()
        .withColumnRenamed("count", "custdist")
        .orderBy(F.desc("custdist"), F.desc("c_count"))
    )


def q14(spark: SparkSession) -> DataFrame:
    promo = F.when(F.col("p_type").startswith("PROMO"), revenue).otherwise(F.lit(0))
    return (
        spark.table("lineitem")
        .join(spark.table("part"), F.col("l_partkey") == F.col("p_partkey"))
        .where((F.year("l_shipdate") == 1995) & (F.month("l_shipdate") == 9))
        .agg((100.0 * F.sum(promo) / F.sum(revenue)).alias("promo_revenue"))
    )


def q15(spark: SparkSession) -> DataFrame:
    per_supplier = (
        spark.table("lineitem")
        .where("l_shipdate >= '1996-01-01' AND l_shipdate < '1996-04-01'")
        .groupBy(F.col("l_suppkey").alias("supplier_no"))
        .agg(F.sum(revenue).alias("total_revenue"))
    )
    best = per_supplier.agg(F.max("total_revenue"))
    return (
        spark.table("supplier")
        .join(per_supplier, F.col("s_suppkey") == F.col("supplier_no"))
        .where(F.col("total_revenue") == best.scalar())
        .select("s_suppkey", "s_name", "s_address", "s_phone", "total_revenue")
        .orderBy("s_suppkey")
    )


def q16(spark: SparkSession) -> DataFrame:
    complaints = spark.table("supplier").where(F.col("s_comment").like("%Customer%Complaints%"))
    parts = spark.table("part").where(
        (F.col("p_brand") != "Brand#45")
        & ~F.col("p_type").like("MEDIUM POLISHED%")
        & F.col("p_size").isin(49, 14, 23, 45, 19, 3, 36, 9)
    )
    return (
        spark.table("partsupp")
        .join(parts, F.col("ps_partkey") == F.col("p_partkey"))
        .join(complaints, F.col("ps_suppkey") == F.col("s_suppkey"), "left_anti")
        .groupBy("p_brand", "p_type", "p_size")
        .agg(F.countDistinct("ps_suppkey").alias("supplier_cnt"))
        .sort("supplier_cnt", "p_brand", "p_type", "p_size", ascending=[False, True, True, True])
    )


def q17(spark: SparkSession) -> DataFrame:
    items = spark.table("lineitem")
    parts = spark.table("part").where((F.col("p_brand") == "Brand#23") & (F.col("p_container") == "MED BOX"))
    fifth = (
        items.alias("other")
        .where(F.col("other.l_partkey") == F.col("p_partkey").outer())
        .select(0.2 * F.avg("other.l_quantity"))
    )
    return (
        items.join(parts, F.col("l_partkey") == F.col("p_partkey"))
        .where(F.col("l_quantity") < fifth.scalar())
        .agg((F.sum("l_extendedprice") / 7.0).alias("avg_yearly"))
    )


def q18(spark: SparkSession) -> DataFrame:
    items = spark.table("lineitem")
    large = items.groupBy("l_orderkey").agg(F.sum("l_quantity").alias("quantity")).where("quantity > 300")
    return (
        spark.table("orders")
        .join(large, F.col("o_orderkey") == F.col("l_orderkey"), "semi")
        .join(items, F.col("o_orderkey") == F.col("l_orderkey"))
        .join(spark.table("customer"), F.col("o_custkey") == F.col("c_custkey"))
        .groupBy("c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice")
        .sum("l_quantity")
        .orderBy(F.col("o_totalprice").desc(), F.col("o_orderdate").asc())
        .limit(100)
    )


def q19(spark: SparkSession) -> DataFrame:
    def bracket(brand: str, containers: list[str], quantity: int, size: int) -> Column:
        return (
            (F.col("p_brand") == brand)
            & F.col("p_container").isin(containers)
            & F.col("l_quantity").between(quantity, quantity + 10)
            & F.col("p_size").between(1, size)
        )

    return (
        spark.table("lineitem")
        .join(spark.table("part"), F.col("p_partkey") == F.col("l_partkey"))
        .where(F.col("l_shipmode").isin("AIR", "AIR REG") & (F.col("l_shipinstruct") == "DELIVER IN PERSON"))
        .where(
            bracket("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5)
            | bracket("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10)
            | bracket("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15)
        )
        .select(F.sum(revenue).alias("revenue"))
    )


def q20(spark: SparkSession) -> DataFrame:
    shipped = (
        spark.table("lineitem")
        .where("year(l_shipdate) = 1994")
        .groupBy(F.col("l_partkey").alias("ps_partkey"), F.col("l_suppkey").alias("ps_suppkey"))
        .agg((0.5 * F.sum("l_quantity")).alias("half"))
    )
    forest = spark.table("part").where(F.col("p_name").startswith("forest")).select("p_partkey")
    surplus = (
        spark.table("partsupp")
        .join(shipped, ["ps_partkey", "ps_suppkey"])
        .where(F.col("ps_availqty") > F.col("half"))
        .join(forest, F.col("ps_partkey") == F.col("p_partkey"), "leftsemi")
        .select(F.col("ps_suppkey").alias("s_suppkey"))
        .distinct()
    )
    return (
        spark.table("supplier")
        .join(spark.table("nation").where("n_name = 'CANADA'"), F.expr("s_nationkey = n_nationkey"))
        .join(surplus, "s_suppkey")
        .select("s_name", "s_address")
        .orderBy("s_name")
    )


def q21(spark: SparkSession) -> DataFrame:
    per_order = Window.partitionBy("l_orderkey")
    late = F.col("l_receiptdate") > F.col("l_commitdate")
    sole_culprits = (
        spark.table("lineitem")
        .withColumn("suppliers", F.size(F.collect_set("l_suppkey").over(per_order)))
        .withColumn("late_suppliers", F.size(F.collect_set(F.when(late, F.col("l_suppkey"))).over(per_order)))
        .where(late & (F.col("suppliers") > 1) & (F.col("late_suppliers") == 1))
    )
    return (
        sole_culprits.join(spark.table("orders").where("o_orderstatus = 'F'"), F.expr("o_orderkey = l_orderkey"))
        .join(spark.table("supplier"), F.col("l_suppkey") == F.col("s_suppkey"))
        .join(spark.table("nation").where("n_name = 'SAUDI ARABIA'"), F.expr("s_nationkey = n_nationkey"))
        .groupBy("s_name")
        .agg(F.count(F.lit(1)).alias("numwait"))
        .orderBy(F.desc("numwait"), "s_name")
        .limit(100)
    )


def q22(spark: SparkSession) -> DataFrame:
    customers = spark.table("customer").withColumn("cntrycode", F.substring("c_phone", 1, 2))
    customers = customers.where(F.col("cntrycode").isin("13", "31", "23", "29", "30", "18", "17"))
    mean = customers.where(F.col("c_acctbal") > 0.0).agg(F.avg("c_acctbal").alias("mean"))
    return (
        customers.join(mean, F.col("c_acctbal") > F.col("mean"))
        .join(spark.table("orders"), F.col("c_custkey") == F.col("o_custkey"), "anti")
        .groupBy("cntrycode")
        .agg(F.count("*").alias("numcust"), F.sum("c_acctbal").alias("totacctbal"))
        .orderBy("cntrycode")
    )


QUERIES: tuple[Callable[[SparkSession], DataFrame], ...] = (
    q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11,
    q12, q13, q14, q15, q16, q17, q18, q19, q20, q21, q22,
)  # fmt: skip
