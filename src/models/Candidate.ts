import { Column, DataType, Model, Table } from 'sequelize-typescript';

/** Who applied, as the newest application of theirs that was decided says. Without any of it where that was erased. */
@Table({ tableName: 'candidates', underscored: true })
export class Candidate extends Model {
  @Column({ type: DataType.TEXT, primaryKey: true })
  declare id: string;

  /** E.164, held by candidates_phone_number_is_e164. Null where erased, as the other three: candidates_have_data_unless_erased. */
  @Column(DataType.TEXT)
  declare phoneNumber: string | null;

  @Column(DataType.TEXT)
  declare firstName: string | null;

  @Column(DataType.TEXT)
  declare lastName: string | null;

  @Column(DataType.TEXT)
  declare emailAddress: string | null;

  /** The newest erasure; nothing that was received until then is stored again. */
  @Column(DataType.DATE(3))
  declare erasedAt: Date | null;

  @Column(DataType.DATE(3))
  declare createdAt: Date;

  @Column(DataType.DATE(3))
  declare updatedAt: Date;
}
