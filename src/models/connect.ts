import 'reflect-metadata';
import { Sequelize, type Repository } from 'sequelize-typescript';
import { DEFAULT_TLS, type TlsSettings } from '../lib/tls';
import type { Tracing } from '../tracing/tracing';
import { adaptConnections, DRIVER } from './driver';
import { createNotifier } from './notify';
import type { SessionLimits } from './pooler';
import { postgresAddress } from './tls';
import { traceStatements } from './trace-statements';
import { ApiToken } from './ApiToken';
import { Application } from './Application';
import { Candidate } from './Candidate';
import { Conversation } from './Conversation';
import { Event } from './Event';

/** One connection pool and the models on it. The process that connects passes it down; model classes hold no connection. */
export interface Database {
  sequelize: Sequelize;
  /** Most connections in the pool. */
  poolSize: number;
  /** For connections beside the pool. */
  tls: TlsSettings;
  candidates: Repository<Candidate>;
  applications: Repository<Application>;
  conversations: Repository<Conversation>;
  events: Repository<Event>;
  tokens: Repository<ApiToken>;
  /** The traces of its process; null where they are off. */
  tracing: Tracing | null;
  /** Notifies waiting readers that there may be new events. */
  notifyEvents: () => void;
}

interface ConnectOptions {
  /** Most connections that this process may hold. */
  poolSize?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  tls?: TlsSettings;
  tracing?: Tracing | null;
  /** For migrations, which may wait for each other and run for long. */
  withoutTimeLimit?: boolean;
}

/** A row that somebody else holds for longer fails the statement, so that it does not hold up a whole batch. */
const LOCK_TIMEOUT_MS = 2000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** The server ends a transaction whose process stopped in the middle of it, so that its locks hold up nobody for long. */
const IDLE_IN_TRANSACTION_MS = 5000;

const TIME_LIMITS = { lock_timeout: LOCK_TIMEOUT_MS, statement_timeout: STATEMENT_TIMEOUT_MS };
/** In this process, for a server that does not answer at all. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 1000;

/**
 * Returns a pool and the models on it. It connects at the first query, so a process starts while PostgreSQL is unavailable.
 * Connecting is given up after three seconds, a statement after ten.
 */
export function connectDatabase(url: string, options: ConnectOptions = {}): Database {
  const limits: SessionLimits = {
    ...(options.withoutTimeLimit ? {} : TIME_LIMITS),
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
  const { tls = DEFAULT_TLS, poolSize = 10, tracing = null } = options;
  const { connectionString, ...ssl } = postgresAddress(url, tls);
  const sequelize = new Sequelize(connectionString, {
    dialect: 'postgres',
    dialectModule: DRIVER,
    repositoryMode: true,
    models: [Candidate, Application, Conversation, Event, ApiToken],
    logging: false,
    pool: { max: poolSize, min: 0, acquire: 4000, idle: 10_000 },
    retry: { max: 0 },
    dialectOptions: {
      application_name: options.applicationName ?? 'conv',
      connectionTimeoutMillis: 3000,
      ...limits,
      ...(options.withoutTimeLimit ? {} : { query_timeout: QUERY_TIMEOUT_MS }),
      // Nobody reads notices, and behind a pooler the setting would stay for other clients.
      clientMinMessages: 'ignore',
      keepAlive: true,
      ...ssl,
    },
  });
  adaptConnections(sequelize, limits);
  if (tracing) traceStatements(sequelize, tracing);
  return {
    sequelize,
    poolSize,
    tls,
    tracing,
    candidates: sequelize.getRepository(Candidate),
    applications: sequelize.getRepository(Application),
    conversations: sequelize.getRepository(Conversation),
    events: sequelize.getRepository(Event),
    tokens: sequelize.getRepository(ApiToken),
    notifyEvents: createNotifier(sequelize),
  };
}
