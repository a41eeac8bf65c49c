import { fieldsList, text } from "../model/fields.ts";

/** Ports of one protocol, both ends included. A named port is every port: its number is chosen by the pod. */
export interface PortRange {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** The port's name if it has one instead of a number. */
  readonly name?: string;
}

const ALL_PROTOCOLS = ["TCP", "UDP", "SCTP"];

/** Every port of every protocol. */
export const EVERY_PORT: readonly PortRange[] = ALL_PROTOCOLS.map((protocol) => ({ protocol, from: 0, to: 65535 }));

/** The `ports` of a rule of a NetworkPolicy; none at all means every port. */
export function parsePorts(value: unknown): readonly PortRange[] {
  const entries = fieldsList(value);
  if (entries.length === 0) {
    return EVERY_PORT;
  }
  return entries.map(({ port, endPort, protocol: named }) => {
    const protocol = text(named) ?? "TCP";
    if (typeof port === "number") {
      return { protocol, from: port, to: typeof endPort === "number" ? endPort : port };
    }
    const every = { protocol, from: 0, to: 65535 };
    return typeof port === "string" ? { ...every, name: port } : every;
  });
}

/** Whether one of `ranges` holds the port. */
export function coversPort(ranges: readonly PortRange[], protocol: string, port: number): boolean {
  return ranges.some((range) => range.protocol === protocol && range.from <= port && port <= range.to);
}

/** Ports as people write them: `53/UDP`, `1-1024/TCP`, `every port`. */
export function showPorts(ranges: readonly PortRange[]): string {
  if (ranges === EVERY_PORT) {
    return "every port";
  }
  return ranges
    .map(({ protocol, from, to, name }) => {
      const numbers = name ?? (from === 0 && to === 65535 ? "every port" : from === to ? `${from}` : `${from}-${to}`);
      return `${numbers}/${protocol}`;
    })
    .join(", ");
}
