import { Column, DataType, Model, Table } from 'sequelize-typescript';

/** A person who applied, with the data of their newest processed application; without data after an erasure. */
@Table({ tableName: 'candidates', underscored: true })
export class Candidate extends Model {
  @Column({ type: DataType.TEXT, primaryKey: true })
  declare id: string;

  /** E.164 (candidates_phone_number_is_e164). Null after an erasure, as are the next three (candidates_have_data_unless_erased). */
  @Column(DataType.TEXT)
  declare phoneNumber: string | null;

  @Column(DataType.TEXT)
  declare firstName: string | null;

  @Column(DataType.TEXT)
  declare lastName: string | null;

  @Column(DataType.TEXT)
  declare emailAddress: string | null;

  /** The newest erasure; data received before it is never stored again. */
  @Column(DataType.DATE(3))
  declare erasedAt: Date | null;

  @Column(DataType.DATE(3))
  declare createdAt: Date;

  @Column(DataType.DATE(3))
  declare updatedAt: Date;
}
