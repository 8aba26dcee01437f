import type { OrgUnit } from '#lib/api/shapes.ts';

export type UnitRow = { unit: OrgUnit; level: number; folded: boolean; hasChildren: boolean };

/** The organisation's tree, read from the flat list that the server gives. */
export class UnitTree {
  readonly #byId: Map<string, OrgUnit>;
  readonly #children = new Map<string | undefined, OrgUnit[]>();

  constructor(units: readonly OrgUnit[]) {
    this.#byId = new Map(units.map((unit) => [unit.id, unit]));
    for (const unit of [...units].sort((a, b) => a.order - b.order)) {
      // A unit whose parent isn't shown to us stands at the top, so that it is not lost.
      const parent = unit.parentId && this.#byId.has(unit.parentId) ? unit.parentId : undefined;
      this.#children.set(parent, [...(this.#children.get(parent) ?? []), unit]);
    }
  }

  get roots(): OrgUnit[] {
    return this.childrenOf(undefined);
  }

  find(id: string | null | undefined): OrgUnit | undefined {
    return id ? this.#byId.get(id) : undefined;
  }

  childrenOf(id: string | undefined): OrgUnit[] {
    return this.#children.get(id) ?? [];
  }

  /** From the top down to the unit itself. */
  pathTo(id: string): OrgUnit[] {
    const path: OrgUnit[] = [];
    for (let unit = this.find(id); unit && !path.includes(unit); unit = this.find(unit.parentId)) path.unshift(unit);
    return path;
  }

  /** 「総務部 防災課」: the way to a unit in words, without the organisation's own name at its top. */
  nameOf(id: string): string {
    const path = this.pathTo(id);
    return (path.length > 1 ? path.slice(1) : path).map((unit) => unit.name).join(' ');
  }

  isWithin(id: string, above: string): boolean {
    return this.pathTo(id).some((unit) => unit.id === above);
  }

  /** The lines to draw while these units are open. */
  rows(open: ReadonlySet<string>): UnitRow[] {
    const walk = (parent: string | undefined, level: number): UnitRow[] =>
      this.childrenOf(parent).flatMap((unit) => {
        const hasChildren = this.childrenOf(unit.id).length > 0;
        const folded = !open.has(unit.id);
        return [{ unit, level, folded, hasChildren }, ...(folded ? [] : walk(unit.id, level + 1))];
      });
    return walk(undefined, 1);
  }
}
