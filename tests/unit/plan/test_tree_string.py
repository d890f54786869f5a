from glowplug.plan.tree_string import tree_string
from glowplug.types import INT, LONG, STRING, ArrayType, MapType, StructField, StructType, UserDefinedType

NESTED = StructType(
    (
        StructField("id", LONG, False),
        StructField("l", ArrayType(StructType((StructField("x", INT),)), False)),
        StructField("m", MapType(STRING, ArrayType(INT))),
    )
)


def test_all_levels() -> None:
    assert tree_string(NESTED) == (
        "root\n"
        " |-- id: long (nullable = false)\n"
        " |-- l: array (nullable = true)\n"
        " |    |-- element: struct (containsNull = false)\n"
        " |    |    |-- x: integer (nullable = true)\n"
        " |-- m: map (nullable = true)\n"
        " |    |-- key: string\n"
        " |    |-- value: array (valueContainsNull = true)\n"
        " |    |    |-- element: integer (containsNull = true)\n"
    )


def test_some_levels() -> None:
    assert tree_string(NESTED, 1).count("\n") == 4
    assert "element: struct" in tree_string(NESTED, 2)
    assert "-- x:" not in tree_string(NESTED, 2)
    assert tree_string(NESTED, 0) == tree_string(NESTED)


def test_a_users_type_is_called_by_its_class() -> None:
    type = UserDefinedType(INT, "org.example.VectorUDT")
    assert "v: vector (" in tree_string(StructType((StructField("v", type),)))
