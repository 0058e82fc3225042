import { Column, DataType, Model, Table } from 'sequelize-typescript';
import type { Scope } from '../lib/domain';

/** A caller of the API and its scopes. The token itself is never stored. */
@Table({ tableName: 'api_tokens', underscored: true, updatedAt: false })
export class ApiToken extends Model {
  @Column({ type: DataType.UUID, primaryKey: true })
  declare id: string;

  @Column(DataType.TEXT)
  declare name: string;

  /** SHA-256 of the token; the token has 256 random bits, so nothing slower is needed. */
  @Column(DataType.BLOB)
  declare tokenHash: Buffer;

  @Column(DataType.ARRAY(DataType.TEXT))
  declare scopes: Scope[];

  /** Whose applications the token sends; null if senders have no names. */
  @Column(DataType.TEXT)
  declare sender: string | null;

  @Column(DataType.DATE(3))
  declare createdAt: Date;

  @Column(DataType.DATE(3))
  declare expiresAt: Date | null;

  @Column(DataType.DATE(3))
  declare revokedAt: Date | null;
}
