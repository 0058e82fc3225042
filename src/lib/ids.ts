import { v7 } from 'uuid';

/** The id and time of a new row. `createdAt` is the millisecond inside the id, so ordering by id orders by time. */
export interface NewId {
  id: string;
  createdAt: Date;
}

/** Creates a UUIDv7 (RFC 9562), ascending within a process, and returns the time it contains. */
export function newId(): NewId {
  const id = v7();
  const milliseconds = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
  return { id, createdAt: new Date(milliseconds) };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Returns whether PostgreSQL accepts this text as a uuid. Callers check it to answer 404 instead of a cast error. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
