package example

import org.apache.spark.sql.SparkSession

/**
 * Estimates pi on the executors: a JVM program that knows nothing of who starts it. Its first argument is the number of
 * partitions; each further one is a variable, a file or a property of Spark that driver and executors are to print.
 */
object Pi {
  private val PointsOfAPartition = 200000

  private def show(name: String): String =
    if (name.startsWith("/")) scala.io.Source.fromFile(name).mkString.trim
    else if (name.startsWith("spark.")) org.apache.spark.SparkEnv.get.conf.get(name, "not set")
    else sys.env.getOrElse(name, "not set")

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
      for (name <- args.drop(1)) {
        val seen = spark.sparkContext.parallelize(0 until partitions, partitions).map(_ => show(name)).distinct().collect()
        println(s"$name: driver ${show(name)}, executors ${seen.mkString(" and ")}")
      }
      println(f"pi is about ${4.0 * inside / (partitions.toLong * PointsOfAPartition)}%.4f")
    } finally spark.stop()
  }
}
