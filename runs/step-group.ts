/** Prefix of the ConfigMaps that hold how many steps of a group run at once. */
const PREFIX = "at-once-";

/** Their one key. */
export const PLACES_KEY = "places";

/** Regular expression of their names: the group, and how many of its steps run at once. */
export const PLACES_NAME = `^${PREFIX}[a-z][a-z0-9-]{0,19}-[1-9][0-9]{0,2}$`;

/** Steps of which so many run at once. */
export interface GroupPlaces {
  readonly group: string;
  readonly atOnce: number;
}

/** Name of the ConfigMap of a group. It holds the number: another number is another ConfigMap, and none ever changes. */
export function placesName({ group, atOnce }: GroupPlaces): string {
  return `${PREFIX}${group}-${atOnce}`;
}

/** The group for whose places a node waits, from Argo's name of the lock; undefined for any other lock. */
export function placesOfLock(lock: string | undefined): GroupPlaces | undefined {
  const [, group, atOnce] = /\/ConfigMap\/at-once-([a-z0-9-]+)-(\d+)\/places$/.exec(lock ?? "") ?? [];
  return group === undefined ? undefined : { group, atOnce: Number(atOnce) };
}

/** What a queued step waits for, in a few words. */
export function placesText({ group, atOnce }: GroupPlaces): string {
  return `waits for one of the ${atOnce} places of ${group}`;
}
