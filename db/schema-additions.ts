import { QueryTypes, type Sequelize } from 'sequelize';
import { CREATED_OBJECTS } from './schema-objects';

/** Something on a table of conv that no migration of this version creates, and that can refuse or change rows. */
export interface SchemaAddition {
  kind: 'constraint' | 'unique index' | 'trigger';
  name: string;
  table: string;
  /** Its definition in SQL. */
  definition: string;
}

const TABLES = [...new Set(CREATED_OBJECTS.flatMap((object) => object.split(' on ').slice(1)))];

/**
 * What a partition has from its table, by inheritance or as a clone, is left out: the table has it too. NOT NULL ('n', since
 * PostgreSQL 18) and constraint triggers ('t'), which are triggers too, are left out.
 */
const REFUSING = `
WITH tables AS (
  SELECT oid, relname AS "table" FROM pg_class
  WHERE coalesce(pg_partition_root(oid), oid)
    IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname IN (:tables))
)
SELECT 'constraint' AS kind, conname AS name, "table", pg_get_constraintdef(pg_constraint.oid, true) AS definition
FROM pg_constraint JOIN tables ON tables.oid = conrelid
WHERE contype IN ('p', 'u', 'c', 'x', 'f') AND coninhcount = 0
UNION ALL
SELECT 'unique index', relname, "table", pg_get_indexdef(indexrelid, 0, true)
FROM pg_index JOIN tables ON tables.oid = indrelid JOIN pg_class ON pg_class.oid = indexrelid
WHERE indisunique AND NOT relispartition
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'trigger', tgname, "table", pg_get_triggerdef(pg_trigger.oid, true)
FROM pg_trigger JOIN tables ON tables.oid = tgrelid
WHERE NOT tgisinternal AND tgparentid = 0 AND tgenabled IN ('O', 'A')
ORDER BY "table", kind, name`;

/**
 * Returns the constraints, unique indexes and enabled triggers on conv's tables that the migrations of this version do not create.
 * They are compared by name.
 */
export async function readSchemaAdditions(sequelize: Sequelize): Promise<SchemaAddition[]> {
  const created = new Set(CREATED_OBJECTS);
  const found = await sequelize.query<SchemaAddition>(REFUSING, {
    replacements: { tables: TABLES },
    type: QueryTypes.SELECT,
  });
  return found.filter(({ kind, name, table }) => !created.has(`${kind} ${name} on ${table}`));
}
