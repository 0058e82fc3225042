export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

export type Order = 'asc' | 'desc';

/** Paging parameters, the same for every list. */
export interface PageQuery {
  order: Order;
  /** 1 to MAX_LIMIT. */
  limit: number;
  cursor?: string | undefined;
}

export interface Page<T> {
  data: T[];
  /** Where the next page starts; null on the last page. */
  next_cursor: string | null;
}
