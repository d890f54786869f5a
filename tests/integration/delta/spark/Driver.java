import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Map;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Answers SQL statements, one to a line, with lines of JSON: the rows as Spark writes them in JSON, or the error. */
public class Driver {
    public static void main(String[] settings) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // Delta prints now and then
        SparkSession.Builder builder = SparkSession.builder().master("local[1]");
        for (String setting : settings) {
            builder.config(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        SparkSession spark = builder.getOrCreate();
        ObjectMapper json = new ObjectMapper();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line; (line = lines.readLine()) != null; ) {
            Map<String, Object> answer;
            try {
                Dataset<Row> rows = spark.sql(json.readValue(line, String.class));
                answer = Map.of("schema", rows.schema().json(), "rows", rows.toJSON().collectAsList());
            } catch (Throwable error) {
                String condition = error instanceof SparkThrowable s && s.getCondition() != null ? s.getCondition() : "";
                answer = Map.of("error", condition, "message", String.valueOf(error));
            }
            answers.println(json.writeValueAsString(answer));
        }
    }
}
