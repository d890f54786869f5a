"""Words counted as they come over the network, with a little server of its own that sends them.

glowplug run examples/seeds/word_count.py [--events 200]

The program that it is made after is one of DStreams: a StreamingContext, `socketTextStream`, `flatMap`, `reduceByKey`.
The client of Spark Connect has none of them, and Spark says of them themselves that Structured Streaming is to be used.
"""

import socketserver
import threading

from events import arguments
from pyspark.sql import SparkSession
from pyspark.sql.functions import explode, split

LINES = ("to be or not to be", "to do is to be", "do be do")


class Lines(socketserver.StreamRequestHandler):
    """Sends the lines over and over, as many as were asked for, and then waits until nobody listens."""

    def handle(self) -> None:
        for n in range(self.server.lines):  # type: ignore[attr-defined]
            self.wfile.write((LINES[n % len(LINES)] + "\n").encode())
        self.rfile.read()


if __name__ == "__main__":
    args = arguments(__doc__)
    spark = SparkSession.builder.appName("NetworkWordCount").getOrCreate()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Lines)
    server.lines, server.daemon_threads = args.events, True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()

    lines = (
        spark.readStream.format("socket").option("host", "127.0.0.1").option("port", server.server_address[1]).load()
    )
    words = lines.select(explode(split("value", " ")).alias("word"))
    counts = words.groupBy("word").count()
    query = counts.writeStream.outputMode("complete").format("memory").queryName("counts").start()
    while query.isActive and sum(p.numInputRows for p in query.recentProgress) < args.events:
        query.awaitTermination(0.2)
    query.processAllAvailable()
    spark.table("counts").orderBy("word").show()
    query.stop()
    server.shutdown()
    spark.stop()
