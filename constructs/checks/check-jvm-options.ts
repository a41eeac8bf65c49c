import { type Problem, received } from "../definition/problem.ts";

/** Options that set a JVM's memory, which is sized elsewhere. */
const HEAP_OPTION =
  /^-(Xms|XX:(Max|Min|Initial)HeapSize|XX:(DefaultMax|Max|Min|Initial)RAM(Percentage|Fraction)?\b|XX:\+AggressiveHeap)|-Xmx/;

/** Variables from which a JVM, or spark-submit for its own, takes options. */
const OF_JVM: readonly string[] = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "SPARK_SUBMIT_OPTS"];

/** Options of the JVMs of driver and executors. */
export function checkJvmOptions(options: readonly string[] = []): readonly Problem[] {
  return options.flatMap((option, index) => {
    const property = `jvmOptions[${index}]`;
    const refused = refusedOption(property, option);
    if (refused.length === 0 && (!/^-[^\s"'\\]+$/.test(option) || /\p{C}/u.test(option))) {
      const rule = "one option, without spaces and quotes";
      const fix = 'write for instance "-XX:+UseG1GC", each option by itself';
      return [{ property, received: received(option), rule, fix }];
    }
    return refused;
  });
}

/** A variable of one of Spark's containers, which may contain such options. */
export function checkJvmVariable(property: string, name: string, value: unknown): readonly Problem[] {
  const options = typeof value === "string" && OF_JVM.includes(name) ? value.split(/\s+/) : [];
  return options.flatMap((option) => refusedOption(property, option)).slice(0, 1);
}

/** What Spark refuses at its start, or what gives the heap another size than the step declares. */
function refusedOption(property: string, option: string): readonly Problem[] {
  const problem = (rule: string, fix: string): readonly Problem[] => [
    { property, received: received(option), rule, fix },
  ];
  if (HEAP_OPTION.test(option)) {
    const rule = "no option that sizes the heap: it is counted against the capacity of the customer's cluster";
    return problem(rule, "write memory, memoryOverhead or driverMemory");
  }
  return option.includes("-Dspark")
    ? problem(
        "no Spark property: Spark ends at its start where the JVM's options have one",
        "write it in conf, without -D",
      )
    : [];
}
