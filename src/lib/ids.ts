import { v7 } from 'uuid';

/** A new row's identity and birth: `createdAt` is the very millisecond inside the id, so order by id is order by time. */
export interface NewId {
  id: string;
  createdAt: Date;
}

/** A UUIDv7 (RFC 9562), ascending within a process, and the time that it carries. */
export function newId(): NewId {
  const id = v7();
  const milliseconds = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
  return { id, createdAt: new Date(milliseconds) };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether PostgreSQL would take this as a uuid, so that an unknown id is a 404 and not a cast error. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
