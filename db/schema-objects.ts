import { QueryTypes, type Sequelize } from 'sequelize';
import created from './schema-objects.json';

/** A constraint, index, trigger or function of the schema. */
export interface SchemaObject {
  /** What it is, such as `unique index conversations_one_active_per_candidate on conversations`. */
  object: string;
  /** False for a constraint that is not validated, an index that is not built, and a trigger that is disabled. */
  valid: boolean;
}

/** The objects that the migrations create. Written by `npm run schema`; a test fails when it is out of date. */
export const CREATED_OBJECTS: readonly string[] = created;

/** The index of a constraint is part of the constraint. NOT NULL ('n', since PostgreSQL 18) is left out. */
const OBJECTS = `
SELECT format('constraint %s on %s', conname, relname) AS object,
  convalidated AND coalesce(indisvalid, true) AS valid
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid LEFT JOIN pg_index ON indexrelid = conindid AND contype <> 'f'
WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'c', 'x', 'f') AND relname <> 'schema_migrations'
UNION ALL
SELECT format('%sindex %s on %s', CASE WHEN indisunique THEN 'unique ' END, indexes.relname, tables.relname),
  indisvalid AND indisready
FROM pg_index
JOIN pg_class tables ON tables.oid = indrelid AND tables.relnamespace = 'public'::regnamespace
JOIN pg_class indexes ON indexes.oid = indexrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
UNION ALL
SELECT format('trigger %s on %s', tgname, relname), tgenabled IN ('O', 'A')
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid AND relnamespace = 'public'::regnamespace
WHERE NOT tgisinternal
UNION ALL
SELECT format('function %s', proname), true FROM pg_proc WHERE pronamespace = 'public'::regnamespace`;

/** Returns the constraints, indexes, triggers and functions that a database has, ordered by name. */
export async function readSchemaObjects(sequelize: Sequelize): Promise<SchemaObject[]> {
  const rows = await sequelize.query<SchemaObject>(OBJECTS, { type: QueryTypes.SELECT });
  return rows.sort((a, b) => (a.object < b.object ? -1 : 1));
}
