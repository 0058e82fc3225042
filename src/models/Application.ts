import { Column, DataType, Model, Table } from 'sequelize-typescript';
import type { ApplicationView, OutcomeStatus, StoredApplicationEvent } from '../lib/domain';

/** One application and its outcome: written by the worker when it has decided, one row per id for ever. */
@Table({ tableName: 'applications', underscored: true, timestamps: false })
export class Application extends Model {
  @Column({ type: DataType.TEXT, primaryKey: true })
  declare id: string;

  @Column(DataType.TEXT)
  declare jobId: string;

  @Column(DataType.TEXT)
  declare candidateId: string;

  @Column(DataType.TEXT)
  declare status: OutcomeStatus;

  /** A RejectionReason, the error of a FAILED one in one line, or null. */
  @Column(DataType.TEXT)
  declare reason: string | null;

  @Column(DataType.UUID)
  declare conversationId: string | null;

  /** The event as validated, so that it can be sent through again after the queue has forgotten it. */
  @Column(DataType.JSONB)
  declare payload: StoredApplicationEvent;

  @Column(DataType.DATE(3))
  declare receivedAt: Date;

  @Column(DataType.DATE(3))
  declare processedAt: Date;

  /** As the API shows it. */
  toView(): ApplicationView {
    return {
      id: this.id,
      job_id: this.jobId,
      candidate_id: this.candidateId,
      status: this.status,
      reason: this.reason,
      conversation_id: this.conversationId,
      received_at: this.receivedAt.toISOString(),
      processed_at: this.processedAt.toISOString(),
    };
  }
}
