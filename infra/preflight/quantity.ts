/** What the suffixes of Kubernetes' quantities stand for. */
const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A quantity of Kubernetes as a number, bytes or CPUs: `1500m` is 1.5, `2Gi` 2147483648. NaN for what is none. */
export function quantity(text: string): number {
  const [, digits = "", suffix = ""] = /^([0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)$/.exec(text) ?? [];
  return digits === "" ? Number.NaN : Number(digits) * (SUFFIXES[suffix] ?? Number.NaN);
}
