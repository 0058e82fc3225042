import { Column, DataType, Model, Table } from 'sequelize-typescript';
import type { FeedEventType } from '../lib/domain';

/** The outbox: what happened, written in the transaction that made it true. */
@Table({ tableName: 'events', underscored: true, timestamps: false })
export class Event extends Model {
  @Column({ type: DataType.UUID, primaryKey: true })
  declare id: string;

  @Column(DataType.TEXT)
  declare type: FeedEventType;

  /** The application that the event is about, directly or by its conversation. */
  @Column(DataType.TEXT)
  declare applicationId: string;

  /** The conversation or application as the API shows it, at that moment. */
  @Column(DataType.JSON)
  declare data: object;

  @Column(DataType.DATE(3))
  declare createdAt: Date;
}
