import { Column, DataType, Model, Table } from 'sequelize-typescript';
import type { OutcomeStatus, StoredApplicationEvent } from '../lib/domain';

/** One application and its outcome, written by the worker. One row per application id, kept for ever. */
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

  /** A RejectionReason, the error of a FAILED application in one line, or null. */
  @Column(DataType.TEXT)
  declare reason: string | null;

  @Column(DataType.UUID)
  declare conversationId: string | null;

  /** The validated event, so that a replay works after the queue has removed the job; null after KEEP_PAYLOADS_DAYS. */
  @Column(DataType.JSONB)
  declare payload: StoredApplicationEvent | null;

  @Column(DataType.DATE(3))
  declare receivedAt: Date;

  @Column(DataType.DATE(3))
  declare processedAt: Date;

  /** When an operator dismissed the failure; null where none did. */
  @Column(DataType.DATE(3))
  declare dismissedAt: Date | null;

  @Column(DataType.TEXT)
  declare dismissedBy: string | null;
}
