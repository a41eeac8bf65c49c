import { grouped } from "../grouped.ts";

/** The properties of a step that its group depends on. */
export interface GroupedStep {
  readonly name: string;
  readonly kind: string;
  /** Names of the steps it waits for. */
  readonly after: readonly string[];
}

/** A step, or many that are alike, at one place of a night's graph. */
export interface DrawnGroup<Step> {
  /** Of a single step its name; of many what their names have in common. */
  readonly name: string;
  readonly members: readonly Step[];
  /** Names of the groups that it waits for. */
  readonly after: readonly string[];
  /** Length of the longest path to it from a step without predecessors. */
  readonly rank: number;
}

/** Up to this many steps are shown individually. */
const MOST_SINGLE = 40;
/** Fewest similar steps that make a group. */
export const FEWEST_ALIKE = 4;

/**
 * The steps of a night as groups. Of many, those of the same rank whose names differ in numbers alone, or that wait for
 * the same steps, are one: so no group ever waits for itself.
 */
export function groupSteps<Step extends GroupedStep>(steps: readonly Step[]): readonly DrawnGroup<Step>[] {
  const ranks = ranksOf(steps);
  const rank = ({ name }: Step): number => ranks.get(name) ?? 0;
  const single = steps.length <= MOST_SINGLE;
  const byName = grouped(steps, (step) => `${rank(step)} ${step.name.replaceAll(/\d+/g, "*")}`);
  const keys = new Map<string, string>();
  for (const [key, members] of byName) {
    for (const step of members) {
      const alike =
        members.length >= FEWEST_ALIKE ? key : `${rank(step)} ${step.kind} ${[...step.after].sort().join()}`;
      keys.set(step.name, single ? step.name : alike);
    }
  }
  const sets = [...grouped(steps, ({ name }) => keys.get(name) ?? name).values()].flatMap((members) =>
    members.length >= FEWEST_ALIKE && !single ? [members] : members.map((step) => [step]),
  );
  const named = namesOf(sets);
  const names = new Map([...named].flatMap(([group, members]) => members.map(({ name }) => [name, group] as const)));
  return [...named].map(([name, members]) => ({
    name,
    members,
    after: [...new Set(members.flatMap(({ after }) => after.flatMap((one) => names.get(one) ?? [])))],
    rank: members[0] === undefined ? 0 : rank(members[0]),
  }));
}

/** The sets by name, of which no two are the same. */
function namesOf<Step extends GroupedStep>(sets: readonly (readonly Step[])[]): ReadonlyMap<string, readonly Step[]> {
  const named = new Map<string, readonly Step[]>();
  for (const members of sets) {
    const name = nameOfGroup(members);
    named.set(named.has(name) ? `${name} from ${members[0]?.name}` : name, members);
  }
  return named;
}

/** Of a single step its name; of many what their names have in common, and how many they are. */
export function nameOfGroup(members: readonly Pick<GroupedStep, "name">[]): string {
  const [first, ...others] = members;
  if (first === undefined || others.length === 0) {
    return first?.name ?? "";
  }
  let length = first.name.length;
  for (const { name } of others) {
    while (!name.startsWith(first.name.slice(0, length))) {
      length -= 1;
    }
  }
  const common = first.name.slice(0, length).replace(/\d+$/, "");
  // Never the name of a step: those hold neither star nor comma.
  return `${common === "" ? `${first.name}, …` : `${common}*`} ×${members.length}`;
}

function ranksOf(steps: readonly GroupedStep[]): ReadonlyMap<string, number> {
  const all = new Map(steps.map((step) => [step.name, step]));
  const ranks = new Map<string, number>();
  const rankOf = (name: string): number => {
    const known = ranks.get(name);
    if (known !== undefined) {
      return known;
    }
    // A step cannot wait for itself: should the data claim it all the same, the recursion ends here.
    ranks.set(name, 0);
    const rank = Math.max(-1, ...(all.get(name)?.after ?? []).filter((one) => all.has(one)).map(rankOf)) + 1;
    ranks.set(name, rank);
    return rank;
  };
  for (const { name } of steps) {
    rankOf(name);
  }
  return ranks;
}
