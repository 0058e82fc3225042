import type { Command } from 'commander';
import type { Io } from './io';

/** A command before its file is loaded. */
export interface CommandEntry {
  /** Its name and its arguments, as the list of commands shows them. */
  usage: string;
  description: string;
  /** Loads the function that creates the command, without its description. */
  load: () => Promise<(io: Io) => Command>;
}

/**
 * The commands by group, in the order of the help. Only the file of the command that runs is loaded: loading all of them takes
 * longer than most commands.
 */
export const COMMAND_LIST: Readonly<Record<string, readonly CommandEntry[]>> = {
  Query: [
    {
      usage: 'find <text>',
      description:
        'Find applications by an id, or by the phone number, email address or name of the candidate',
      load: async () => (await import('./commands/find')).findCommand,
    },
    {
      usage: 'list',
      description: 'List conversations, newest first',
      load: async () => (await import('./commands/list')).listCommand,
    },
    {
      usage: 'show <id>',
      description:
        'Show a conversation with its candidate, its application, a timeline of its events and their pushes',
      load: async () => (await import('./commands/show')).showCommand,
    },
    {
      usage: 'apps',
      description: 'List and show applications and their outcomes',
      load: async () => (await import('./commands/apps')).appsCommand,
    },
    {
      usage: 'events',
      description: 'List events, oldest first',
      load: async () => (await import('./commands/events')).eventsCommand,
    },
  ],
  Repair: [
    {
      usage: 'move <id> <status>',
      description: 'Move a conversation to its next status: CREATED, ONGOING, COMPLETED',
      load: async () => (await import('./commands/move')).moveCommand,
    },
    {
      usage: 'replay [ids...]',
      description:
        'Process applications again: FAILED ones with new attempts, REJECTED and DEFERRED ones by the same rules',
      load: async () => (await import('./commands/replay')).replayCommand,
    },
    {
      usage: 'reconcile',
      description:
        'Process again what the queue remembers as processed and PostgreSQL has lost in a failover',
      load: async () => (await import('./commands/reconcile')).reconcileCommand,
    },
    {
      usage: 'candidate',
      description: 'Erase the personal data of candidates',
      load: async () => (await import('./commands/candidate')).candidateCommand,
    },
  ],
  Operate: [
    {
      usage: 'doctor',
      description:
        'Check PostgreSQL, Redis, the schema, the queues and the settings; exit 1 if there is a fault',
      load: async () => (await import('./commands/doctor')).doctorCommand,
    },
    {
      usage: 'top',
      description: 'Show rates, backlog, outcomes, pushes and the last failures, again every second',
      load: async () => (await import('./commands/top')).topCommand,
    },
    {
      usage: 'queue',
      description: 'Inspect and repair the queues of applications and pushes',
      load: async () => (await import('./commands/queue')).queueCommand,
    },
    {
      usage: 'send <file>',
      description: 'Sign and post application events, as a sender does',
      load: async () => (await import('./commands/send')).sendCommand,
    },
  ],
  'Set up': [
    {
      usage: 'token',
      description: 'Create, list and revoke API tokens',
      load: async () => (await import('./commands/token')).tokenCommand,
    },
    {
      usage: 'context',
      description: 'Let commands use a conv elsewhere, over HTTP',
      load: async () => (await import('./commands/context')).contextCommand,
    },
    {
      usage: 'db',
      description: 'Migrate the database schema',
      load: async () => (await import('./commands/db')).dbCommand,
    },
    {
      usage: 'dev',
      description: 'Run PostgreSQL, Redis, the web process and a worker on this machine',
      load: async () => (await import('./commands/dev')).devCommand,
    },
    {
      usage: 'demo',
      description: 'Send sample events to the local stack and show what conv does with each',
      load: async () => (await import('./commands/demo')).demoCommand,
    },
    {
      usage: 'seed',
      description: 'Create realistic sample data; the same seed always creates the same data',
      load: async () => (await import('./commands/seed')).seedCommand,
    },
    {
      usage: 'completion <shell>',
      description: 'Print a script that completes commands, options and ids in your shell',
      load: async () => (await import('./commands/completion')).completionCommand,
    },
    {
      usage: 'help [command...]',
      description: 'Show the help of a command',
      load: async () => (await import('./commands/help')).helpCommand,
    },
  ],
};
