import { Column, DataType, Model, Table } from 'sequelize-typescript';
import type { ConversationStatus } from '../lib/domain';

/** The record from which a messaging process writes to a candidate. Constraints of its table enforce the domain's rules. */
@Table({ tableName: 'conversations', underscored: true })
export class Conversation extends Model {
  /** A UUIDv7 whose time is created_at, so ordering by id is ordering by creation. */
  @Column({ type: DataType.UUID, primaryKey: true })
  declare id: string;

  @Column(DataType.TEXT)
  declare applicationId: string;

  @Column(DataType.TEXT)
  declare candidateId: string;

  @Column(DataType.TEXT)
  declare jobId: string;

  @Column(DataType.TEXT)
  declare status: ConversationStatus;

  @Column(DataType.DATE(3))
  declare createdAt: Date;

  @Column(DataType.DATE(3))
  declare updatedAt: Date;
}
