/** A quiet line above the page: something happened that the reader should know and need not act on. */
interface Notice {
  id: string;
  text: string;
  /** What the reader may do about it. */
  action?: { label: string; run: () => void };
}

export class Notices {
  list = $state.raw<Notice[]>([]);

  /** One notice per id: a newer one takes the place of the older. */
  tell(notice: Notice): void {
    this.list = [...this.list.filter((one) => one.id !== notice.id), notice];
  }

  drop(id: string): void {
    this.list = this.list.filter((one) => one.id !== id);
  }
}
