import type { EstateView } from "../model/view.ts";
import { apiPaths } from "./api-paths.ts";
import { argoCdPaths } from "./argo-cd-paths.ts";
import { networkPaths } from "./network-paths.ts";
import { type Customers, includes, PATH_KINDS, type PathGroup, type PathKind } from "./path.ts";
import { secretPaths } from "./secret-paths.ts";

/** By subject customer, object customer and kind of way: how many ways lead from one to the other. */
export class AccessMatrix {
  private readonly position: ReadonlyMap<string, number>;
  private readonly counts: Readonly<Record<PathKind, Uint16Array>>;

  constructor(
    /** Customers in the order of rows and columns. */
    readonly customers: readonly string[],
    /** Every way between two customers, in groups. */
    readonly paths: readonly PathGroup[],
  ) {
    const size = customers.length;
    this.position = new Map(customers.map((name, index) => [name, index]));
    this.counts = {
      API: new Uint16Array(size * size),
      secret: new Uint16Array(size * size),
      network: new Uint16Array(size * size),
      "Argo CD": new Uint16Array(size * size),
    };
    for (const path of paths) {
      this.count(path);
    }
  }

  /** Ways of a kind from one customer to another. Zero on the diagonal: a lane's own rights are not ways. */
  ways(from: string, to: string, kind: PathKind): number {
    const row = this.position.get(from);
    const column = this.position.get(to);
    return row === undefined || column === undefined
      ? 0
      : (this.counts[kind][row * this.customers.length + column] ?? 0);
  }

  /** The groups that lead from one customer to another. */
  between(from: string, to: string): readonly PathGroup[] {
    return from === to ? [] : this.paths.filter((path) => includes(path.from, from) && includes(path.to, to));
  }

  /** Cells off the diagonal, all kinds together. */
  get cells(): number {
    const size = this.customers.length;
    return size * (size - 1) * PATH_KINDS.length;
  }

  /** Cells off the diagonal with a way in them. */
  get openCells(): number {
    return PATH_KINDS.reduce(
      (total, kind) => total + this.counts[kind].reduce((open, ways) => open + (ways > 0 ? 1 : 0), 0),
      0,
    );
  }

  private count({ from, to, kind }: PathGroup): void {
    const rows = this.positions(from);
    const columns = this.positions(to);
    const counts = this.counts[kind];
    for (const row of rows) {
      for (const column of columns) {
        const cell = row * this.customers.length + column;
        const ways = counts[cell] ?? 0;
        if (row !== column && ways < 0xffff) {
          counts[cell] = ways + 1;
        }
      }
    }
  }

  private positions(customers: Customers): readonly number[] {
    return customers === "all"
      ? [...this.customers.keys()]
      : customers.flatMap((name) => this.position.get(name) ?? []);
  }
}

/** Finds every way between two customers of an estate. */
export function accessMatrix(view: EstateView): AccessMatrix {
  return new AccessMatrix(
    view.customers.map(({ name }) => name),
    [...apiPaths(view), ...secretPaths(view), ...networkPaths(view), ...argoCdPaths(view)],
  );
}
