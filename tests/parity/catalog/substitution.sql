SET city = Rome

SELECT '${city}', '${spark:city}', '${sparkconf:city}', '${hiveconf:city}', '${hivevar:city}', '${other:city}'

SELECT '${CITY}', '${missing}', '${env:GLOWPLUG_HAS_NO_SUCH}', '${system:glowplug.has.no.such}', '${system:file.separator}'

SELECT '$${city}', '\${city}', '${city', '${ city }', '${}', r'${city}', '${city}/${city}', '${ci${city}}'

SELECT ${city} FROM VALUES (1, 2) AS t(Rome, Oslo)

SET hivevar:fruit = pear

SET fruit

SET hivevar:fruit

SET best = ${fruit}s

SELECT "${best}", '${hivevar:best}'

SET kinds${best} = 3

SET kindspears

CREATE VIEW basket AS SELECT ${kindspears} AS n, '${fruit}' AS fruit

SHOW CREATE TABLE basket

SET fruit = plum

SELECT * FROM basket

SELECT '${best}', '${fruit}', nosuch FROM basket

BEGIN
  DECLARE n INT DEFAULT ${kindspears};
  SELECT n, '${fruit}';
END

EXECUTE IMMEDIATE 'SELECT ''${fruit}'' AS f'

>>> spark.conf.set("chain", "<${link}>")

>>> spark.conf.set("link", "${fruit}-${env:GLOWPLUG_HAS_NO_SUCH}")

SELECT '${chain}'

SELECT '${spark.sql.ansi.enabled}'

SELECT '${spark.sql.broadcastTimeout}', '${spark.sql.sources.default}'

SET spark.sql.ansi.enabled = true

SELECT '${spark.sql.ansi.enabled}', '${spark.sql.sources.default}'

>>> spark.sql("SELECT '${fruit}' AS f, :fruit AS g", {"fruit": "${city}"})

>>> spark.range(5).filter("id = ${kindspears}").selectExpr("id", "'${fruit}' AS fruit")

SET name = basket

>>> spark.table("${name}")

>>> spark.catalog.tableExists("${name}"), spark.catalog.tableExists("${city}")

>>> spark.range(1).select(F.col("id").cast("${type}"))

SET type = string

>>> spark.range(1).select(F.col("id").cast("${type}"), F.expr("CAST(id AS ${type})"))

SET spark.sql.variable.substitute = false

SELECT '${city}'

SET spark.sql.variable.substitute = true

SELECT '${city}'

RESET city

SELECT '${city}'
