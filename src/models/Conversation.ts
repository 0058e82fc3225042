import { Column, DataType, Model, Table } from 'sequelize-typescript';
import type { ConversationStatus, ConversationView } from '../lib/domain';

/** The record from which a messaging process writes to a candidate. Its constraints are the rules of the domain. */
@Table({ tableName: 'conversations', underscored: true })
export class Conversation extends Model {
  /** A UUIDv7 whose time is created_at: order by id is order by creation. */
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

  /** As the API shows it. */
  toView(): ConversationView {
    return {
      id: this.id,
      application_id: this.applicationId,
      candidate_id: this.candidateId,
      job_id: this.jobId,
      status: this.status,
      created_at: this.createdAt.toISOString(),
      updated_at: this.updatedAt.toISOString(),
    };
  }
}
