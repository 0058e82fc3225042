import type { Sequelize } from 'sequelize-typescript';
import { errorCode } from '../lib/errors';
import type { Tracing } from '../tracing/tracing';

const OPERATION = /^\s*(SELECT|INSERT|UPDATE|DELETE|START TRANSACTION|COMMIT|ROLLBACK|NOTIFY|SET)\b/i;
const TABLE =
  /\b(?:FROM|INTO|UPDATE)\s"?(candidates|applications|conversations|events|event_deliveries|event_readers|api_tokens)\b/i;

/** Names a statement by its operation and its first table, as in `INSERT candidates`. The names come from these lists, so no value can be in them. */
export function describeStatement(sql: string): { operation: string; table: string | null } {
  const operation = OPERATION.exec(sql)?.[1]?.toUpperCase() ?? 'QUERY';
  return { operation, table: TABLE.exec(sql)?.[1]?.toLowerCase() ?? null };
}

type Query = (sql: string | { query: string }, options?: object) => Promise<unknown>;

/** Returns PostgreSQL's code of an error, where it has one. */
function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'parent' in error ? errorCode(error.parent) : undefined;
}

/**
 * Records every statement that runs within a span. Sequelize calls its own `query` for models and transactions too; its option
 * `logging` is called for statements that succeed only.
 */
export function traceStatements(sequelize: Sequelize, tracing: Tracing): void {
  const query = sequelize.query.bind(sequelize) as Query;
  const database = sequelize.getDatabaseName();

  const tracedQuery: Query = (sql, options) => {
    if (!tracing.current()) return query(sql, options);
    const { operation, table } = describeStatement(typeof sql === 'string' ? sql : sql.query);
    const name = table === null ? operation : `${operation} ${table}`;
    const attributes = {
      'db.system.name': 'postgresql',
      'db.namespace': database,
      'db.operation.name': operation,
      'db.query.summary': name,
      ...(table !== null && { 'db.collection.name': table }),
    };
    return tracing.run(name, { kind: 'client', attributes }, async (span) => {
      try {
        return await query(sql, options);
      } catch (error) {
        const state = sqlState(error);
        if (state !== undefined) span.setAttribute('db.response.status_code', state);
        tracing.fail(state ?? error);
        throw error;
      }
    });
  };
  sequelize.query = tracedQuery as typeof sequelize.query;
}
