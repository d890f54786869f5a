import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.MutableProjection;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.classic.Dataset;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.types.*;
import org.apache.spark.unsafe.types.CalendarInterval;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.unsafe.types.VariantVal;

/** Writes Apache Spark's answer to each case: see record.py. Arguments: tables, cases, answers. */
public class Recorder {
  static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  static final HexFormat HEX = HexFormat.of();
  static final Pattern MAPS = Pattern.compile("map|transform_keys|from_json|MAP<");
  static final int LONGEST = 20_000;
  static final List<String> set = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    SparkSession spark = (SparkSession) SparkSession.builder().master("local[1]").config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1").config("spark.sql.timeType.enabled", "true")
        .config("spark.sql.warehouse.dir", "/tmp/differential-warehouse")
        .config("spark.sql.adaptive.enabled", "false").config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN").getOrCreate();
    spark.sparkContext().setLogLevel("OFF");
    for (String statement : Files.readString(Path.of(args[0])).split(";\n")) {
      String name = statement.strip().split("\\s+")[3];
      spark.sql(statement);
      // Rows that the optimizer cannot see through: nothing is folded.
      ((Dataset<Row>) spark.table(name)).coalesce(1).localCheckpoint().createOrReplaceTempView(name);
    }
    InternalRow[] rows = rows((Dataset<Row>) spark.table("t"));
    int count = 0;
    try (BufferedReader in = Files.newBufferedReader(Path.of(args[1]));
         PrintStream out = new PrintStream(args[2], StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        ObjectNode answer = answer(spark, (ObjectNode) mapper.readTree(line), rows);
        String text = mapper.writeValueAsString(answer);
        out.println(text.length() <= LONGEST ? text : "{}");
        out.flush();
        if (++count % 500 == 0) System.err.println(count);
      }
    }
    spark.stop();
  }

  static InternalRow[] rows(Dataset<Row> data) {
    InternalRow[] found = data.queryExecution().executedPlan().executeCollect();
    InternalRow[] copies = new InternalRow[found.length];
    for (int i = 0; i < found.length; i++) copies[i] = found[i].copy();
    return copies;
  }

  static ObjectNode answer(SparkSession spark, ObjectNode c, InternalRow[] rows) {
    spark.conf().set("spark.sql.ansi.enabled", c.get("ansi").asBoolean());
    spark.conf().set("spark.sql.session.timeZone", c.get("zone").asText());
    for (String name : set) {
      spark.conf().unset(name);
      spark.sparkContext().setLocalProperty(name, null);
    }
    set.clear();
    for (var setting : c.path("conf").properties()) {
      spark.conf().set(setting.getKey(), setting.getValue().asText());
      spark.sparkContext().setLocalProperty(setting.getKey(), setting.getValue().asText());  // tasks look there
      set.add(setting.getKey());
    }
    String e = c.get("sql").asText();
    boolean whole = c.get("kind").asText().equals("query");
    try {
      Dataset<Row> data = (Dataset<Row>) spark.sql(whole ? e : "SELECT " + e + " FROM t");
      StructType schema = data.schema();
      ArrayNode columns = c.putArray("columns");
      for (StructField f : schema.fields()) {
        ArrayNode column = columns.addArray();
        column.add(f.name()).add(f.dataType().catalogString()).add(f.nullable());
      }
      LogicalPlan plan = data.queryExecution().optimizedPlan();
      if (!whole && plan instanceof Project p && p.child() instanceof LogicalRDD leaf) {
        c.set("values", perRow(e, p, leaf, spark, rows, schema.fields()[0].dataType()));
        return c;
      }
      c.set("rows", all(rows(data), schema));
    } catch (Throwable t) {
      c.put("error", condition(t));
    }
    return c;
  }

  static ArrayNode all(InternalRow[] rows, StructType schema) {
    ArrayNode out = JSON.arrayNode();
    for (InternalRow row : rows) out.add(struct(row, schema));
    return out;
  }

  /** A value for each row, or {"!": condition}: an error in one row says nothing about the others. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  static ArrayNode perRow(String e, Project p, LogicalRDD leaf, SparkSession spark, InternalRow[] rows, DataType type) {
    List<org.apache.spark.sql.catalyst.expressions.Attribute> table =
        scala.jdk.javaapi.CollectionConverters.asJava(
            ((LogicalRDD) ((Dataset<Row>) spark.table("t")).queryExecution().optimizedPlan()).output());
    // The leaf is never pruned, so its columns stand in the table's order.
    if (leaf.output().size() != table.size()) throw new IllegalStateException("a pruned table");
    MutableProjection projection = MutableProjection.create((scala.collection.immutable.Seq) p.projectList(), leaf.output());
    projection.initialize(0);
    ArrayNode out = JSON.arrayNode();
    for (InternalRow row : rows) {
      try {
        out.add(value(projection.apply(row), 0, type));
      } catch (Throwable t) {
        out.addObject().put("!", condition(t));
        if (MAPS.matcher(e).find()) {  // half a map stays behind in the expression: the next row gets a new one
          Dataset<Row> anew = (Dataset<Row>) spark.sql("SELECT " + e + " FROM t");
          Project q = (Project) anew.queryExecution().optimizedPlan();
          projection = MutableProjection.create((scala.collection.immutable.Seq) q.projectList(), ((LogicalRDD) q.child()).output());
          projection.initialize(0);
        }
      }
    }
    return out;
  }

  static String condition(Throwable t) {
    for (Throwable x = t; x != null; x = x.getCause())
      if (x instanceof SparkThrowable s && s.getCondition() != null) return s.getCondition();
    Throwable root = t;
    while (root.getCause() != null) root = root.getCause();
    return root.getClass().getSimpleName();
  }

  static ArrayNode struct(SpecializedGetters row, StructType type) {
    ArrayNode out = JSON.arrayNode();
    for (int i = 0; i < type.length(); i++) out.add(value(row, i, type.fields()[i].dataType()));
    return out;
  }

  static ArrayNode list(ArrayData data, DataType type) {
    ArrayNode out = JSON.arrayNode();
    for (int i = 0; i < data.numElements(); i++) out.add(value(data, i, type));
    return out;
  }

  static JsonNode real(double x, String text) {
    if (!Double.isNaN(x) && !Double.isInfinite(x)) return x == 0 ? JSON.textNode(text) : JSON.numberNode(new java.math.BigDecimal(text));
    return JSON.textNode(text);
  }

  /** As answers.py writes Glowplug's values. */
  static JsonNode value(SpecializedGetters row, int i, DataType type) {
    if (type instanceof NullType || row.isNullAt(i)) return JSON.nullNode();
    if (type instanceof BooleanType) return JSON.booleanNode(row.getBoolean(i));
    if (type instanceof ByteType) return JSON.numberNode(row.getByte(i));
    if (type instanceof ShortType) return JSON.numberNode(row.getShort(i));
    if (type instanceof IntegerType || type instanceof DateType || type instanceof YearMonthIntervalType)
      return JSON.numberNode(row.getInt(i));
    if (type instanceof LongType || type instanceof TimestampType || type instanceof TimestampNTZType
        || type instanceof TimeType || type instanceof DayTimeIntervalType)
      return JSON.numberNode(row.getLong(i));
    if (type instanceof FloatType) return real(row.getFloat(i), Double.toString(row.getFloat(i)));
    if (type instanceof DoubleType) return real(row.getDouble(i), Double.toString(row.getDouble(i)));
    if (type instanceof DecimalType d)
      return JSON.textNode(row.getDecimal(i, d.precision(), d.scale()).toJavaBigDecimal().toPlainString());
    if (type instanceof StringType) return text(row.getUTF8String(i));
    if (type instanceof BinaryType) return JSON.textNode(HEX.formatHex(row.getBinary(i)));
    if (type instanceof CalendarIntervalType) {
      CalendarInterval v = row.getInterval(i);
      return JSON.arrayNode().add(v.months).add(v.days).add(v.microseconds);
    }
    if (type instanceof ArrayType a) return list(row.getArray(i), a.elementType());
    if (type instanceof MapType m) {
      MapData map = row.getMap(i);
      ArrayNode keys = list(map.keyArray(), m.keyType()), values = list(map.valueArray(), m.valueType());
      ArrayNode out = JSON.arrayNode();
      for (int k = 0; k < keys.size(); k++) out.addArray().add(keys.get(k)).add(values.get(k));
      return out;
    }
    if (type instanceof StructType s) return struct(row.getStruct(i, s.length()), s);
    if (type instanceof VariantType) {
      VariantVal v = row.getVariant(i);
      return JSON.textNode(v.toJson(ZoneId.of("UTC")));
    }
    return JSON.textNode(String.valueOf(row.get(i, type)));
  }

  static JsonNode text(UTF8String s) {
    if (s.isValid()) return JSON.textNode(s.toString());
    return JSON.objectNode().put("x", HEX.formatHex(s.getBytes()));
  }
}
