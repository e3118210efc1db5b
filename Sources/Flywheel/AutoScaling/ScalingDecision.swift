/// Decides, once a minute, how many units one direction of a table or a global index is to have. Pure: what was used
/// and when it was scaled goes in, a number comes out.
///
/// **The rule** is that of the service's alarms, as the developer guide and the alarms themselves tell it:
///
/// - *Out*, when the use of two minutes in a row is above the target's share of the units: so many units that the newer
///   minute's use is the target's share of them.
/// - *In*, when the use of fifteen minutes in a row is below the share that lies twenty points under the target (half
///   the target, for targets below 40): so many that the most used of the fifteen is the target's share.
/// - A minute without any use is no data: it breaks both rows. So a table that nobody uses keeps its units, as the
///   guide says it does.
/// - Units outside of minimum and maximum are brought back at once, whatever the use.
/// - A cooldown keeps the same thing from happening again for a while; units are not lowered during the cooldown of a
///   raise either, but are raised during that of a lowering.
package struct ScalingDecision: Sendable {
  package static let minutesOut = 2
  package static let minutesIn = 15

  package var settings: AutoScalingSettings
  package var units: Int
  /// The seconds since 1970 at which units were last raised and lowered.
  package var lastOut: Int64?
  package var lastIn: Int64?

  package init(_ settings: AutoScalingSettings, units: Int, lastOut: Int64? = nil, lastIn: Int64? = nil) {
    self.settings = settings
    self.units = units
    self.lastOut = lastOut
    self.lastIn = lastIn
  }

  /// The number of units to go to; nil to stay.
  ///
  /// - Parameters:
  ///   - used: units used in each of the last minutes, the newest last; nil for a minute without use.
  ///   - now: seconds since 1970.
  package func units(after used: [Double?], at now: Int64) -> Int? {
    if units < settings.minimumUnits { return settings.minimumUnits }
    if units > settings.maximumUnits { return settings.maximumUnits }
    if let out = unitsOut(used) {
      return out > units && !isCooling(lastOut, settings.scaleOutCooldownSeconds, now) ? out : nil
    }
    guard !settings.disableScaleIn, let less = unitsIn(used), less < units,
      !isCooling(lastIn, settings.scaleInCooldownSeconds, now),
      !isCooling(lastOut, settings.scaleOutCooldownSeconds, now)
    else { return nil }
    return less
  }

  private func unitsOut(_ used: [Double?]) -> Int? {
    guard let rates = rates(used, Self.minutesOut) else { return nil }
    let threshold = Double(units) * settings.targetPercent / 100
    guard rates.allSatisfy({ $0 > threshold }) else { return nil }
    return bounded(rates.last!)
  }

  private func unitsIn(_ used: [Double?]) -> Int? {
    guard let rates = rates(used, Self.minutesIn) else { return nil }
    let percent = max(settings.targetPercent - 20, settings.targetPercent / 2)
    let threshold = Double(units) * percent / 100
    guard rates.allSatisfy({ $0 < threshold }) else { return nil }
    return bounded(rates.max()!)
  }

  /// Units a second in each of the last `count` minutes; nil if one is missing.
  private func rates(_ used: [Double?], _ count: Int) -> [Double]? {
    guard used.count >= count else { return nil }
    let rates = used.suffix(count).compactMap { $0.map { $0 / 60 } }
    return rates.count == count ? rates : nil
  }

  /// The units of which a rate is the target's share.
  private func bounded(_ rate: Double) -> Int {
    let wanted = (rate * 100 / settings.targetPercent).rounded(.up)
    return Int(min(max(wanted, Double(settings.minimumUnits)), Double(settings.maximumUnits)))
  }

  private func isCooling(_ last: Int64?, _ seconds: Int, _ now: Int64) -> Bool {
    guard let last else { return false }
    return now - last < Int64(seconds)
  }
}
