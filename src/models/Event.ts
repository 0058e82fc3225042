import { Column, DataType, Model, Table } from 'sequelize-typescript';
import type { FeedEvent, FeedEventType } from '../lib/domain';

/** A feed event in the outbox, written in the transaction that made it true. */
@Table({ tableName: 'events', underscored: true, timestamps: false })
export class Event extends Model {
  @Column({ type: DataType.UUID, primaryKey: true })
  declare id: string;

  @Column(DataType.TEXT)
  declare type: FeedEventType;

  /** The application that the event is about, directly or through its conversation. */
  @Column(DataType.TEXT)
  declare applicationId: string;

  /** The conversation or application as the API showed it at that moment. */
  @Column(DataType.JSON)
  declare data: FeedEvent['data'];

  @Column(DataType.DATE(3))
  declare createdAt: Date;
}
