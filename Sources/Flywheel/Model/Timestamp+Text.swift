extension Timestamp {
  /// The moment as the service spells it in messages: "Friday, October 9, 2026 at 12:21:34 AM
  /// Coordinated Universal Time".
  package var spelledOut: String {
    let (year, month, day) = Self.civilDate(ofDay: Int(utcDay))
    let hour = secondOfDay / 3_600
    let twelve = hour % 12 == 0 ? 12 : hour % 12
    return "\(weekday), \(Self.months[month - 1]) \(day), \(year) at \(twelve):\(minuteAndSecond) "
      + "\(hour < 12 ? "AM" : "PM") Coordinated Universal Time"
  }

  /// The moment as the service spells it in other messages: "Sat Feb 23 03:07:45 UTC 2019".
  package var spelledShort: String {
    let (year, month, day) = Self.civilDate(ofDay: Int(utcDay))
    return "\(weekday.prefix(3)) \(Self.months[month - 1].prefix(3)) \(Self.two(day)) "
      + "\(Self.two(secondOfDay / 3_600)):\(minuteAndSecond) UTC \(year)"
  }

  private var secondOfDay: Int { Int(nanosecondsSince1970 / 1_000_000_000 - utcDay * 86_400) }
  private var weekday: String { Self.weekdays[((Int(utcDay) + 4) % 7 + 7) % 7] }
  private var minuteAndSecond: String {
    "\(Self.two(secondOfDay / 60 % 60)):\(Self.two(secondOfDay % 60))"
  }
  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// The moment to the millisecond as the service writes it where a program may read it:
  /// "2026-10-09T00:29:34.602Z".
  package var written: String {
    let nanosecondsPerDay: Int64 = 86_400_000_000_000
    let milliseconds = Int((nanosecondsSince1970 - utcDay * nanosecondsPerDay) / 1_000_000)
    let (year, month, day) = Self.civilDate(ofDay: Int(utcDay))
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let second = milliseconds / 1_000
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(second / 3_600, 2)):"
      + "\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2)).\(padded(milliseconds % 1_000, 3))Z"
  }

  /// The moment so much later.
  package func advanced(byMilliseconds milliseconds: Int64) -> Timestamp {
    Timestamp(nanosecondsSince1970: nanosecondsSince1970 + milliseconds * 1_000_000)
  }

  /// When the next day begins by universal time.
  package var nextUTCDay: Timestamp { Timestamp(nanosecondsSince1970: (utcDay + 1) * 86_400_000_000_000) }

  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November",
    "December",
  ]

  /// Year, month and day of a day since 1970-01-01 in the Gregorian calendar: counted in eras of 400 years
  /// that begin with a March, so that the leap day is the last of its year.
  private static func civilDate(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }
}
