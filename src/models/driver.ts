import { Client, types, type ClientConfig } from 'pg';
import { BaseError, ConnectionError } from 'sequelize';
import type { Sequelize } from 'sequelize-typescript';
import {
  isRefusedByPooler,
  limitTransactions,
  withoutLimits,
  type ConnectionConfig,
  type SessionLimits,
} from './pooler';

/**
 * A client that may lose its connection at any moment. Sequelize listens for errors only after it has connected; an error that
 * nobody listens for is an uncaught exception.
 */
class GuardedClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    this.on('error', () => undefined); // The query that runs, or the next one, fails with it.
  }
}

/** The parts of pg that Sequelize uses. */
export const DRIVER = { Client: GuardedClient, types };

/** Sequelize's connection manager; its types leave out how it connects. */
interface Connector {
  connect(config: ConnectionConfig): Promise<object>;
}

/**
 * Changes how Sequelize connects:
 * - A pooler that refuses time limits gets none; then each transaction sets them itself.
 * - Every failure is a ConnectionError. Sequelize passes on errors of the queries with which it prepares a connection.
 */
export function adaptConnections(sequelize: Sequelize, limits: SessionLimits): void {
  const connector = sequelize.connectionManager as unknown as Connector;
  const connect = connector.connect.bind(connector);
  let hasPooler = false;

  async function connectToPooler(config: ConnectionConfig): Promise<object> {
    if (!hasPooler) limitTransactions(sequelize, limits);
    hasPooler = true;
    return connect(withoutLimits(config, limits));
  }

  connector.connect = async (config) => {
    try {
      if (hasPooler) return await connectToPooler(config);
      return await connect(config).catch((error: unknown) => {
        if (isRefusedByPooler(error)) return connectToPooler(config);
        throw error;
      });
    } catch (error) {
      throw error instanceof BaseError ? error : new ConnectionError(error as Error);
    }
  };
}
