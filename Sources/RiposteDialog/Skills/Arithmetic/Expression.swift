import Foundation

/// A calculation as it was said.
indirect enum Expression: Sendable, Equatable {
    enum Operation: String, Sendable {
        case plus, minus, times, over, power, modulo
    }

    enum Function: Sendable {
        case squareRoot, cubeRoot, squared, cubed, factorial, negative
    }

    /// Why there is no result.
    enum Failure: Error, Equatable {
        case divisionByZero, rootOfNegative, tooLarge, undefined
    }

    case number(Double)
    case binary(Operation, Expression, Expression)
    case function(Function, Expression)
    /// "15 percent of 80".
    case percent(Double, of: Expression)
    /// "80 plus 15 percent".
    case changed(Expression, byPercent: Double)
    /// "half of 38": the name of the part, its value, and the whole.
    case part(String, Double, of: Expression)
    /// "what percent of 80 is 20".
    case share(Expression, of: Expression)

    func value() throws(Failure) -> Double {
        let result = try evaluated()
        guard result.isFinite, abs(result) < 1e36 else { throw .tooLarge }
        return result
    }

    private func evaluated() throws(Failure) -> Double {
        switch self {
        case .number(let value): return value
        case .binary(let operation, let left, let right):
            return try Self.apply(operation, left.value(), right.value())
        case .function(let function, let argument):
            return try Self.apply(function, argument.value())
        case .percent(let rate, let whole): return try rate * whole.value() / 100
        case .changed(let base, let rate): return try base.value() * (1 + rate / 100)
        case .part(_, let part, let whole): return try part * whole.value()
        case .share(let part, let whole):
            let whole = try whole.value()
            guard whole != 0 else { throw .divisionByZero }
            return try part.value() / whole * 100
        }
    }

    private static func apply(_ operation: Operation, _ left: Double, _ right: Double) throws(Failure) -> Double {
        switch operation {
        case .plus: return left + right
        case .minus: return left - right
        case .times: return left * right
        case .over:
            guard right != 0 else { throw .divisionByZero }
            return left / right
        case .modulo:
            guard right != 0 else { throw .divisionByZero }
            let rest = left.truncatingRemainder(dividingBy: right)
            return rest < 0 ? rest + abs(right) : rest
        case .power:
            if left == 0, right < 0 { throw .divisionByZero }
            let result = pow(left, right)
            guard !result.isNaN else { throw .rootOfNegative }
            return result
        }
    }

    private static func apply(_ function: Function, _ value: Double) throws(Failure) -> Double {
        switch function {
        case .squareRoot:
            guard value >= 0 else { throw .rootOfNegative }
            return value.squareRoot()
        case .cubeRoot: return cbrt(value)
        case .squared: return value * value
        case .cubed: return value * value * value
        case .negative: return -value
        case .factorial:
            guard value >= 0, value == value.rounded() else { throw .undefined }
            guard value <= 100 else { throw .tooLarge }
            return stride(from: 2, through: value, by: 1).reduce(1, *)
        }
    }

    /// The calculation said back, so that one hears what was understood.
    var spoken: String {
        switch self {
        case .number(let value): return SpokenNumber(value, decimals: 6, rounding: 6).text
        case .binary(.power, let base, let exponent): return "\(base.spoken) to the power of \(exponent.spoken)"
        case .binary(.over, let left, let right): return "\(left.spoken) divided by \(right.spoken)"
        case .binary(let operation, let left, let right): return "\(left.spoken) \(operation.rawValue) \(right.spoken)"
        case .function(.squareRoot, let value): return "the square root of \(value.spoken)"
        case .function(.cubeRoot, let value): return "the cube root of \(value.spoken)"
        case .function(.squared, let value): return "\(value.spoken) squared"
        case .function(.cubed, let value): return "\(value.spoken) cubed"
        case .function(.factorial, let value): return "\(value.spoken) factorial"
        case .function(.negative, let value): return "minus \(value.spoken)"
        case .percent(let rate, let whole): return "\(Self.number(rate)) percent of \(whole.spoken)"
        case .changed(let base, let rate):
            return "\(base.spoken) \(rate < 0 ? "minus" : "plus") \(Self.number(abs(rate))) percent"
        case .part(let name, _, let whole): return "\(name) of \(whole.spoken)"
        case .share(let part, _): return part.spoken
        }
    }

    private static func number(_ value: Double) -> String { SpokenNumber(value, decimals: 6, rounding: 6).text }

    /// Whether there is anything to calculate.
    var isCalculation: Bool { if case .number = self { false } else { true } }
}
