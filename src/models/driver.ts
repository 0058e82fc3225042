import { Client, types, type ClientConfig } from 'pg';
import { BaseError, ConnectionError } from 'sequelize';
import type { Sequelize } from 'sequelize-typescript';

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
  connect(config: object): Promise<object>;
}

/**
 * Makes every failure to connect a ConnectionError. Sequelize passes on some errors of the driver: those of the queries with which it
 * prepares a connection.
 */
export function wrapConnectErrors(sequelize: Sequelize): void {
  const connector = sequelize.connectionManager as unknown as Connector;
  const connect = connector.connect.bind(connector);
  connector.connect = async (config) => {
    try {
      return await connect(config);
    } catch (error) {
      throw error instanceof BaseError ? error : new ConnectionError(error as Error);
    }
  };
}
