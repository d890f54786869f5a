"""Joins of two streams: the rows of both sides are kept until they can find no partner any more.

With L and R the rows of a batch, and KL and KR those that were kept, the batch has the pairs L x (KR + R) and KL x R. A
row of an outer join that has found none gets its NULLs when it is forgotten. One whose own columns say that it can find
none is never kept, nor is one without the time by which it would be forgotten. Nor is, on the side that is looked at
last, one that the watermark has passed: it has met all rows that it could. That is the right side; in a semi join it is
the left one, of which no row with a partner is kept.
"""

from __future__ import annotations

from glowplug.functions.nulls import required
from glowplug.io.place import Place
from glowplug.io.state.layout import OperatorLayout, Part, Piece
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Literal, new_id
from glowplug.plan.predicates import conjuncts
from glowplug.plan.relations import Deduplicate, Filter, Join, Project, Relation, SetOperation
from glowplug.plan.streams import KernelTable
from glowplug.plan.tree import map_expressions, walk
from glowplug.streaming.batch import Batch, alias, renamed
from glowplug.streaming.operators.bounds import Bound, bounds
from glowplug.streaming.operators.contract import Operator
from glowplug.streaming.operators.keyed import Keyed, named, part, table_of
from glowplug.streaming.progress import StateProgress
from glowplug.streaming.state.store import Store
from glowplug.streaming.watermark import event_times, instant, later, time_of
from glowplug.types import BOOLEAN, LONG

_FALSE = Literal(False, BOOLEAN)
ID_BITS = 40  # of a row's number within its batch


class Side(Keyed):
    """The kept rows of one side. State: a number that no other row has, whether it has found a partner (known in outer
    joins only), the columns."""

    def __init__(
        self,
        name: str,
        root: Place,
        columns: tuple[Attribute, ...],
        bound: Bound | None,
        needs: list[Expression],
        outer: bool,
        keys: list[Expression],
    ) -> None:
        self.rows = columns
        self.bound = bound
        self.needs = needs  # what of a row must be true, or it finds no partner
        self.outer = outer  # rows without a partner are put out
        self.keys = keys  # what must be equal in rows of both sides
        self.time = next(iter(event_times(columns)), None)
        own = (Attribute("id", LONG, False, new_id()), Attribute("matched", BOOLEAN, False, new_id()))
        state = renamed((*own, *columns))
        super().__init__(name, Store(root, [a.type for a in state], 1), state, None)

    def arrived(self, rows: Relation, batch: Batch) -> tuple[KernelTable, Relation | None]:
        """New rows that are not late, in the form of the state, and those to put out that can find no partner."""
        new = self.on_time(table_of(rows, batch), self.time, batch) if self.time is not None else rows
        alone: Relation | None = None
        if self.needs:
            if self.outer:
                new = table_of(new, batch)
                alone = Filter(new, batch.build("not", batch.build("coalesce", self._able(batch), _FALSE)))
            new = Filter(new, self._able(batch))
        return self._numbered(new, batch), alone

    def _able(self, batch: Batch) -> Expression:
        condition = self.needs[0]
        for other in self.needs[1:]:
            condition = batch.build("and", condition, other)
        return condition

    def _numbered(self, rows: Relation, batch: Batch) -> KernelTable:
        number = batch.build("monotonically_increasing_id")
        base = Literal(batch.number << ID_BITS, LONG)
        values = (
            Alias(batch.build("+", number, base), "id", new_id()),
            Alias(Literal(False, BOOLEAN), "matched", new_id()),
        )
        return batch.keep(Project(rows, (*values, *self.rows)))

    def key(self) -> Part:
        """Keys that are computed are not in the state, and NULL to those who read it."""
        at = {a.id: i for i, a in enumerate(self.rows, 2)}
        place: list[Piece] = [at[k.id] if isinstance(k, Attribute) else "NULL" for k in self.keys]
        return part(*((f"field{i}", k.type, p) for i, (k, p) in enumerate(zip(self.keys, place, strict=True))))

    def value(self) -> Part:
        return named(self.rows, 2)

    def done(self, columns: tuple[Attribute, ...], batch: Batch) -> Expression | None:
        """Whether a row, in columns as those of the state, can find no partner any more."""
        if self.bound is None or batch.watermark_ms <= 0:
            return None
        at = time_of(next(c for c, a in zip(columns[2:], self.rows, strict=True) if a.id == self.bound.column.id))
        return batch.build("<=", later(at, self.bound.offset, batch), instant(batch.watermark_ms, at.type))


class StreamingJoin(Operator):
    """A join of two streams: rows of both sides are kept until no row that is to come can meet them."""

    def __init__(self, node: Join, root: Place, batch: Batch) -> None:
        self.name = "symmetricHashJoin"
        self.kind = node.kind
        self.left, self.right = (
            Side(self.name, root / name, rows, bound, _needs(node, rows, outer, bound, batch), outer, keys)
            for name, rows, bound, outer, keys in zip(
                ("left", "right"),
                (node.left.output, node.right.output),
                bounds(node),
                (node.kind in ("left", "full"), node.kind in ("right", "full")),
                _keys(node),
                strict=True,
            )
        )

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.left, self.right

    def restore(self, version: int, batch: Batch) -> None:
        for side in self.sides:
            side.restore(version, batch)
        if self.kind == "semi":  # rows that were put out, which were once kept
            matched = batch.keep(Filter(self.left.state, self.left.columns[1]))
            with batch.kernel() as bench:
                self.left.store.remove(bench, matched.table)

    def run(self, plan: Relation, batch: Batch) -> Relation:
        assert isinstance(plan, Join)
        left, left_alone = self.left.arrived(plan.left, batch)
        right, right_alone = self.right.arrived(plan.right, batch)
        pairs = self._pairs(plan, left, right, batch)
        for side, new, number in ((self.left, left, 0), (self.right, right, len(self.left.columns))):
            kept = self._kept(side, new, pairs, batch)
            side.put(self._changes(side, kept, pairs.columns[number], pairs, batch), batch, kept)
        answers = [self._matched(plan, pairs, batch)]
        for side, alone in ((self.left, left_alone), (self.right, right_alone)):
            gone = self._gone(side, pairs, batch)
            side.leave(gone, batch)
            if alone is not None:
                answers.append(self._alone(plan, side, alone))
            if gone is not None and side.outer:
                lonely = Filter(gone, batch.build("not", gone.columns[1]))
                answers.append(self._alone(plan, side, Project(lonely, gone.columns[2:])))
        answer = answers[0]
        for other in answers[1:]:
            answer = SetOperation(answer, other, "union", True, columns=renamed(plan.output))
        return Project(answer, tuple(alias(c, a) for c, a in zip(answer.output, plan.output, strict=True)))

    def _pairs(self, plan: Join, left: KernelTable, right: KernelTable, batch: Batch) -> KernelTable:
        """Both sides in the form of their states, next to each other."""
        found: Relation | None = None
        both = SetOperation(_anew(self.right.state), _anew(right), "union", True, columns=renamed(right.columns))
        names = [a.id for a in (*self.left.rows, *self.right.rows)]
        for a, b in ((_anew(left), both), (_anew(self.left.state), _anew(right))):
            there = dict(zip(names, (*a.output[2:], *b.output[2:]), strict=True))
            joined = Join(a, b, "inner", _placed(plan.condition, there))
            columns = renamed(joined.output)
            found = joined if found is None else SetOperation(found, joined, "union", True, columns=columns)
        assert found is not None
        return batch.keep(found)

    def _kept(self, side: Side, new: KernelTable, pairs: KernelTable, batch: Batch) -> KernelTable:
        """The new rows that may still find a partner, or are put out if they have found none."""
        semi = self.kind == "semi"
        if side.outer or side is not (self.left if semi else self.right):
            return new
        done = side.done(new.columns, batch)
        rows: Relation = new if done is None else Filter(new, batch.build("not", batch.build("coalesce", done, _FALSE)))
        if semi:
            rows = Join(rows, pairs, "anti", batch.build("=", new.columns[0], pairs.columns[0]))
        return new if rows is new else batch.keep(rows)

    def _changes(self, side: Side, new: KernelTable, id: Attribute, pairs: KernelTable, batch: Batch) -> KernelTable:
        """New rows; in outer joins also kept ones that found a partner: whether they have one is known now."""
        if self.kind in ("inner", "semi"):
            return new
        seen = batch.keep(Deduplicate(Project(pairs, (id,)), (id,)))
        fresh = _anew(new)
        known = SetOperation(_anew(side.state), fresh, "union", True, columns=renamed(new.columns))
        paired = Join(known, seen, "semi", batch.build("=", known.columns[0], seen.columns[0]))
        marked = Alias(Literal(True, BOOLEAN), "matched", new_id())
        yes = Project(paired, (known.columns[0], marked, *known.columns[2:]))
        alone = _anew(new)
        no = Join(alone, seen, "anti", batch.build("=", alone.output[0], seen.columns[0]))
        return batch.keep(SetOperation(yes, no, "union", True, columns=renamed(new.columns)))

    def _gone(self, side: Side, pairs: KernelTable, batch: Batch) -> KernelTable | None:
        """The rows of state that no later row concerns."""
        done = side.done(side.columns, batch)
        if side is self.left and self.kind == "semi":
            ids = batch.keep(Deduplicate(Project(pairs, pairs.columns[:1]), pairs.columns[:1]), plain=True)
            matched = Join(side.state, ids, "left", batch.build("=", side.columns[0], ids.columns[0]))
            found = batch.build("isnotnull", ids.columns[0])
            done = found if done is None else batch.build("or", found, done)
            return batch.keep(Project(Filter(matched, done), side.columns))
        return None if done is None else batch.keep(Filter(side.state, done))

    def _matched(self, plan: Join, pairs: KernelTable, batch: Batch) -> Relation:
        width = len(self.left.columns)
        left, right = pairs.columns[2:width], pairs.columns[width + 2 :]
        if self.kind == "semi":
            return Project(Deduplicate(pairs, (pairs.columns[0],)), left)
        return Project(pairs, (*left, *right))

    def _alone(self, plan: Join, side: Side, rows: Relation) -> Relation:
        """Rows without a partner, with NULLs for one."""
        own = iter(rows.output)
        mine = {a.id for a in side.rows}
        sources = (*self.left.rows, *self.right.rows)
        values = tuple(
            Alias(next(own) if s.id in mine else Literal(None, a.type), a.name, new_id())
            for s, a in zip(sources, plan.output, strict=True)
        )
        return Project(rows, values)

    def passed_on(self, watermark_ms: int) -> int:
        """A kept row that finds a partner comes out with its own time, which may lie behind the watermark."""
        offsets = [s.bound.offset // 1000 for s in self.sides if s.bound is not None]
        return max(0, min(watermark_ms - o for o in offsets)) if offsets else watermark_ms

    def pending(self, batch: Batch) -> bool:
        return batch.moved and any(s.bound is not None for s in self.sides)

    def save(self, version: int, batch: Batch) -> None:
        for side in self.sides:
            side.save(version, batch)

    def progress(self) -> StateProgress:
        left, right = (s.progress() for s in self.sides)
        counts = StateProgress.__dataclass_fields__.keys() - {"name", "custom"}
        total = {f: getattr(left, f) + getattr(right, f) for f in counts}
        # As Spark counts: a row that is put out when it is forgotten is none that was removed.
        total["removed"] = sum(s.progress().removed for s in self.sides if not s.outer)
        return StateProgress(self.name, **total)

    def layout(self) -> OperatorLayout:
        stores = (self.left.store_layout("left"), self.right.store_layout("right"))
        return OperatorLayout(self.name, "join", stores)

    def close(self, batch: Batch) -> None:
        for side in self.sides:
            side.close(batch)


def _needs(node: Join, rows: tuple[Attribute, ...], outer: bool, bound: Bound | None, batch: Batch) -> list[Expression]:
    """What the condition asks of a row by its own columns: those that it compares must not be NULL. Of rows that are
    put out anyway only the time must not be: no watermark would ever end them."""
    asked = conjuncts(node.condition)
    there = dict.fromkeys(x for x in required(node.condition) if _are_of(x, rows))
    if outer:
        there = {x: None for x in there if bound is not None and x == bound.column}
    return [e for e in asked if _are_of(e, rows)] + [batch.build("isnotnull", x) for x in there]


def _keys(node: Join) -> tuple[list[Expression], list[Expression]]:
    """What of the left and the right rows the condition asks to be equal."""
    left: list[Expression] = []
    right: list[Expression] = []
    for conjunct in conjuncts(node.condition):
        if isinstance(conjunct, Call) and conjunct.function.names[0] in ("=", "==", "<=>"):
            a, b = conjunct.args
            for one, other in ((a, b), (b, a)):
                if _are_of(one, node.left.output) and _are_of(other, node.right.output):
                    left.append(one)
                    right.append(other)
                    break
    return left, right


def _are_of(e: Expression, rows: tuple[Attribute, ...]) -> bool:
    """Whether an expression has columns, and all of them are these rows'."""
    ids = {x.id for x in walk(e) if isinstance(x, Attribute)}
    return bool(ids) and ids <= {a.id for a in rows}


def _anew(rows: Relation) -> Relation:
    """The rows under ids of their own, so that they can stand twice in one plan."""
    return Project(rows, tuple(Alias(c, c.name, new_id()) for c in rows.output))


def _placed(condition: Expression | None, columns: dict[int, Attribute]) -> Expression | None:
    """The condition over these columns in the place of those of its own."""

    def put(e: Expression) -> Expression:
        return columns.get(e.id, e) if isinstance(e, Attribute) else map_expressions(e, put)

    return None if condition is None else put(condition)
