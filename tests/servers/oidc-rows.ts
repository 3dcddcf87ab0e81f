type Row = Record<string, unknown> & { uid?: string; grantId?: string; consumed?: number };

/** Where one test's OpenID provider keeps its sessions, grants and codes: in memory, its own, gone with it. */
export function createOidcRows(): new (model: string) => object {
  const rows = new Map<string, Row>();
  return class OidcRows {
    readonly #model: string;
    constructor(model: string) {
      this.#model = model;
    }
    #key(id: string): string {
      return `${this.#model}:${id}`;
    }
    async upsert(id: string, row: Row): Promise<void> {
      rows.set(this.#key(id), row);
    }
    async find(id: string): Promise<Row | undefined> {
      return rows.get(this.#key(id));
    }
    async findByUid(uid: string): Promise<Row | undefined> {
      return [...rows].find(([key, row]) => key.startsWith(`${this.#model}:`) && row.uid === uid)?.[1];
    }
    async findByUserCode(): Promise<undefined> {}
    async consume(id: string): Promise<void> {
      const row = rows.get(this.#key(id));
      if (row !== undefined) row.consumed = Math.floor(Date.now() / 1000);
    }
    async destroy(id: string): Promise<void> {
      rows.delete(this.#key(id));
    }
    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key);
    }
  };
}
