package example

import org.apache.spark.sql.SparkSession

/** Estimates pi on the executors: a JVM program that knows nothing of who starts it. Its argument is the number of partitions. */
object Pi {
  private val PointsOfAPartition = 200000

  def main(args: Array[String]): Unit = {
    val partitions = args.headOption.map(_.toInt).getOrElse(2)
    val spark = SparkSession.builder().appName("pi").getOrCreate()
    try {
      val inside = spark.sparkContext
        .parallelize(0 until partitions, partitions)
        .map { partition =>
          val random = new scala.util.Random(partition)
          (1 to PointsOfAPartition).count { _ =>
            val (x, y) = (random.nextDouble(), random.nextDouble())
            x * x + y * y <= 1
          }.toLong
        }
        .reduce(_ + _)
      println(f"pi is about ${4.0 * inside / (partitions.toLong * PointsOfAPartition)}%.4f")
    } finally spark.stop()
  }
}
