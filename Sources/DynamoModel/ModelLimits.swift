/// The bounds of the data model. Those of the service carry its numbers; the rest keep a hostile request
/// small.
public enum ModelLimits {
  /// The most an item may weigh, names included, by the service's own accounting: 400 KB.
  public static let itemSizeBytesMax = 409_600

  /// How deep a value may nest, an attribute of the item being level 1: a scalar inside 31 maps or lists is
  /// the deepest.
  public static let nestingLevelsMax = 32

  /// The longest attribute name, in bytes of UTF-8.
  public static let nameBytesMax = 65_535

  /// The longest value of a partition key attribute, in bytes.
  public static let partitionKeyBytesMax = 2_048

  /// The longest value of a sort key attribute, in bytes.
  public static let sortKeyBytesMax = 1_024

  /// The most decimal digits a number may have, leading and trailing zeros not counted.
  public static let numberDigitsMax = 38

  /// The most bytes an encoded number takes: one of sign and exponent and twenty pairs of digits.
  public static let numberEncodedBytesMax = 21

  /// The longest canonical text of a number: "-0." , 129 zeros and 38 digits.
  public static let numberTextBytesMax = 170

  /// The most bytes an encoded item or value takes. Far above any item that the size limit admits, since an
  /// item that is too heavy must be told so and not be cut short, and below what offsets of 32 bits can say.
  public static let encodedBytesMax = 64 << 20
}
