import type { Sequelize } from 'sequelize-typescript';

/** Time limits of a session that PostgreSQL accepts when it starts, in milliseconds. PgBouncer refuses them. */
export interface SessionLimits {
  lock_timeout?: number;
  statement_timeout?: number;
  idle_in_transaction_session_timeout?: number;
}

/** Whether a pooler refused to start a session because of the limits. */
export function isRefusedByPooler(error: unknown): boolean {
  return error instanceof Error && error.message.includes('unsupported startup parameter');
}

/** Sequelize's settings of a connection, as far as they are used here. */
export interface ConnectionConfig {
  dialectOptions?: SessionLimits;
}

/** Returns the settings without these limits. */
export function withoutLimits(config: ConnectionConfig, limits: SessionLimits): ConnectionConfig {
  const options = Object.entries(config.dialectOptions ?? {}).filter(([name]) => !(name in limits));
  return { ...config, dialectOptions: Object.fromEntries(options) };
}

/** Sequelize's generator of SQL, whose types are unknown. */
interface TransactionSql {
  startTransactionQuery(transaction: { parent?: unknown }): string;
}

/**
 * Sets the limits in every transaction, in the statement that starts it. A session behind a pooler is shared with other clients, so
 * limits for the session would apply to them.
 */
export function limitTransactions(sequelize: Sequelize, limits: SessionLimits): void {
  const generator = sequelize.getQueryInterface().queryGenerator as TransactionSql;
  const start = generator.startTransactionQuery.bind(generator);
  const settings = Object.entries(limits).map(([name, ms]) => `SET LOCAL ${name} = ${ms};`);
  generator.startTransactionQuery = (transaction) =>
    transaction.parent ? start(transaction) : [start(transaction), ...settings].join(' ');
}
