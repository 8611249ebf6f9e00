import { type Snapshot } from '../model';
import { type PartRequests } from '../session/protocol';

/**
 * The cells of one run share one snapshot. Equal requests are asked once: each cell keeps its own names for parts, and
 * `shared` has what they are called in the run's request.
 */
export class SharedParts {
  /** What the run asks for. */
  readonly requests: PartRequests = {};
  private readonly names = new Map<string, string>();
  private readonly cells = new Map<string, Record<string, string>>();

  add(cell: string, requests: PartRequests): void {
    const own: Record<string, string> = {};
    for (const [name, request] of Object.entries(requests)) {
      const text = JSON.stringify(request);
      let shared = this.names.get(text);
      if (shared === undefined) {
        shared = `p${this.names.size}`;
        this.names.set(text, shared);
        this.requests[shared] = request;
      }
      own[name] = shared;
    }
    this.cells.set(cell, own);
  }

  /** The snapshot as this cell asked for it. */
  viewOf(cell: string, snapshot: Snapshot): Snapshot {
    const own = Object.entries(this.cells.get(cell) ?? {});
    return { ...snapshot, parts: Object.fromEntries(own.map(([name, shared]) => [name, snapshot.parts[shared]])) };
  }
}
