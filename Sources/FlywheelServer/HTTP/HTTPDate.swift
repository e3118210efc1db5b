/// The 29 bytes of an HTTP date, as in `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
///
/// Written with integer arithmetic on the civil calendar, since the formatters that know time zones cost
/// more than a whole request. The years 1970–9999 are covered, which is what 29 bytes can say.
package struct HTTPDate {
  package private(set) var bytes: [UInt8] = []

  private static let weekdays: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The date `secondsSince1970`, which must not be negative.
  package init(secondsSince1970: Int) {
    precondition(secondsSince1970 >= 0)
    let (days, second) = secondsSince1970.quotientAndRemainder(dividingBy: 86_400)
    let date = Self.civil(daysSince1970: days)
    bytes.reserveCapacity(29)
    append(Self.weekdays[days % 7])
    append(", ")
    append(twoDigits: date.day)
    append(" ")
    append(Self.months[date.month - 1])
    append(" ")
    append(twoDigits: date.year / 100)
    append(twoDigits: date.year % 100)
    append(" ")
    append(twoDigits: second / 3_600)
    append(":")
    append(twoDigits: second / 60 % 60)
    append(":")
    append(twoDigits: second % 60)
    append(" GMT")
  }

  /// The Gregorian date of a day, by counting eras of 400 years (146,097 days) that begin in March, so
  /// that the leap day is a year's last.
  private static func civil(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let daysFromMarch0000 = daysSince1970 + 719_468
    let (era, dayOfEra) = daysFromMarch0000.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + 400 * era + (month <= 2 ? 1 : 0)
    return (year, month, day)
  }

  private mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func append(twoDigits value: Int) {
    bytes.append(UInt8(ascii: "0") + UInt8(value / 10 % 10))
    bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
  }
}
