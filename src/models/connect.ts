import 'reflect-metadata';
import { Sequelize, type Repository } from 'sequelize-typescript';
import { createNotifier } from './notify';
import { ApiToken } from './ApiToken';
import { Application } from './Application';
import { Candidate } from './Candidate';
import { Conversation } from './Conversation';
import { Event } from './Event';

/** One pool and the tables on it, handed down from whoever connected; nothing is kept in the model classes. */
export interface Database {
  sequelize: Sequelize;
  candidates: Repository<Candidate>;
  applications: Repository<Application>;
  conversations: Repository<Conversation>;
  events: Repository<Event>;
  tokens: Repository<ApiToken>;
  /** Tells waiting readers that there may be new events. */
  notifyEvents: () => void;
}

interface ConnectOptions {
  /** How many connections this process may hold. */
  poolSize?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** For migrations, which may wait for each other and take their time. */
  withoutTimeLimit?: boolean;
}

/**
 * A pool and the models on it. Connects at the first query, not before, so a process starts while PostgreSQL is away.
 * A server that does not answer is given up after three seconds, a statement after ten: by the server itself, and, where
 * that hangs, by us.
 */
export function connectDatabase(url: string, options: ConnectOptions = {}): Database {
  const sequelize = new Sequelize(url, {
    dialect: 'postgres',
    repositoryMode: true,
    models: [Candidate, Application, Conversation, Event, ApiToken],
    logging: false,
    pool: { max: options.poolSize ?? 10, min: 0, acquire: 4000, idle: 10_000 },
    retry: { max: 0 },
    dialectOptions: {
      application_name: options.applicationName ?? 'conv',
      connectionTimeoutMillis: 3000,
      ...(options.withoutTimeLimit ? {} : { statement_timeout: 10_000, query_timeout: 11_000 }),
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
    },
  });
  return {
    sequelize,
    candidates: sequelize.getRepository(Candidate),
    applications: sequelize.getRepository(Application),
    conversations: sequelize.getRepository(Conversation),
    events: sequelize.getRepository(Event),
    tokens: sequelize.getRepository(ApiToken),
    notifyEvents: createNotifier(sequelize),
  };
}
