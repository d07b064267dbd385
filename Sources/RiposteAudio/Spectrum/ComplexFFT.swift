import Foundation

/// The discrete Fourier transform of complex values, for any size.
///
/// Stockham's self-sorting form with radices 4, 2, 3 and 5; another prime factor `p` costs `p` operations a
/// value instead of about `log p`. All tables are made once; a transform allocates nothing. The loops are
/// written with `while` and wrapping arithmetic because that is what stays quick in an unoptimised build.
struct ComplexFFT: Sendable {
    /// One pass over the data: `length` = radix · `groups`, with `stride` transforms side by side.
    private struct Pass {
        var radix: Int
        var groups: Int
        var stride: Int
        /// Where the pass's twiddle factors begin, `(radix − 1)` for each group.
        var twiddles: Int
        /// Where the roots of unity of the radix begin (general radices only).
        var roots: Int
    }

    /// Values a transform.
    let size: Int
    private let passes: [Pass]
    private let cosines: [Float]
    private let sines: [Float]
    /// Two work buffers of `size` reals and imaginaries each.
    private var work: [Float]

    /// - Parameter size: values a transform, at least 1.
    init(size: Int) {
        precondition(size > 0, "a transform has at least one value")
        self.size = size
        var passes: [Pass] = []
        var cosines: [Float] = []
        var sines: [Float] = []
        func append(_ numerator: Int, over length: Int) {
            let angle = -2 * Double.pi * Double(numerator % length) / Double(length)
            cosines.append(Float(cos(angle)))
            sines.append(Float(sin(angle)))
        }
        var length = size
        var stride = 1
        for radix in Self.factors(of: size) {
            let groups = length / radix
            var pass = Pass(radix: radix, groups: groups, stride: stride, twiddles: cosines.count, roots: 0)
            for group in 0..<groups {
                for output in 1..<radix { append(group * output, over: length) }
            }
            pass.roots = cosines.count
            if radix > 5 {
                for root in 0..<radix { append(root, over: radix) }
            }
            passes.append(pass)
            length = groups
            stride *= radix
        }
        self.passes = passes
        self.cosines = cosines
        self.sines = sines
        work = [Float](repeating: 0, count: 4 * size)
    }

    /// The size as a product of radices: fours first, so that as few passes as possible are needed.
    private static func factors(of size: Int) -> [Int] {
        var rest = size
        var factors: [Int] = []
        for radix in [4, 2, 3, 5] {
            while rest % radix == 0 {
                factors.append(radix)
                rest /= radix
            }
        }
        var prime = 7
        while rest > 1 {
            if prime * prime > rest { prime = rest }
            while rest % prime == 0 {
                factors.append(prime)
                rest /= prime
            }
            prime += 2
        }
        return factors
    }

    /// Transforms the values that `fill` puts into the work buffer and gives the result to `body`, each as
    /// pointers to `size` real and `size` imaginary parts. Swapping the parts on the way in and out makes it
    /// the inverse (without the division by the size).
    mutating func transform(
        fill: (_ real: UnsafeMutablePointer<Float>, _ imaginary: UnsafeMutablePointer<Float>) -> Void,
        body: (_ real: UnsafeMutablePointer<Float>, _ imaginary: UnsafeMutablePointer<Float>) -> Void
    ) {
        let (size, passes) = (size, passes)
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                work.withUnsafeMutableBufferPointer { work in
                    guard let base = work.baseAddress else { return }
                    var input = Planes(real: base, imaginary: base + size)
                    var output = Planes(real: base + 2 * size, imaginary: base + 3 * size)
                    fill(input.real, input.imaginary)
                    if let cosines = cosines.baseAddress, let sines = sines.baseAddress {
                        for pass in passes {
                            Self.run(pass, from: input, to: output, cosines, sines)
                            (input, output) = (output, input)
                        }
                    }
                    body(input.real, input.imaginary)
                }
            }
        }
    }

    private struct Planes {
        var real: UnsafeMutablePointer<Float>
        var imaginary: UnsafeMutablePointer<Float>
    }

    private static func run(
        _ pass: Pass, from input: Planes, to output: Planes,
        _ cosines: UnsafePointer<Float>, _ sines: UnsafePointer<Float>
    ) {
        var group = 0
        while group < pass.groups {
            let wr = cosines + (pass.twiddles &+ group &* (pass.radix &- 1))
            let wi = sines + (pass.twiddles &+ group &* (pass.radix &- 1))
            let source = Planes(
                real: input.real + pass.stride &* group, imaginary: input.imaginary + pass.stride &* group)
            let target = Planes(
                real: output.real + pass.stride &* pass.radix &* group,
                imaginary: output.imaginary + pass.stride &* pass.radix &* group)
            let step = pass.stride &* pass.groups
            switch pass.radix {
            case 2: radix2(source, target, step, pass.stride, wr, wi)
            case 3: radix3(source, target, step, pass.stride, wr, wi)
            case 4: radix4(source, target, step, pass.stride, wr, wi)
            case 5: radix5(source, target, step, pass.stride, wr, wi)
            default: general(pass, source, target, wr, wi, cosines + pass.roots, sines + pass.roots)
            }
            group &+= 1
        }
    }

    // In each butterfly, the inputs of a group stand `step` apart and its outputs `stride` apart.

    private static func radix2(
        _ x: Planes, _ y: Planes, _ step: Int, _ stride: Int, _ wr: UnsafePointer<Float>, _ wi: UnsafePointer<Float>
    ) {
        let (xr, xi, yr, yi) = (x.real, x.imaginary, y.real, y.imaginary)
        let (c, s) = (wr[0], wi[0])
        var q = 0
        while q < stride {
            let (ar, ai) = (xr[q], xi[q])
            let (br, bi) = (xr[q &+ step], xi[q &+ step])
            yr[q] = ar + br
            yi[q] = ai + bi
            let (dr, di) = (ar - br, ai - bi)
            yr[q &+ stride] = dr * c - di * s
            yi[q &+ stride] = dr * s + di * c
            q &+= 1
        }
    }

    private static func radix3(
        _ x: Planes, _ y: Planes, _ step: Int, _ stride: Int, _ wr: UnsafePointer<Float>, _ wi: UnsafePointer<Float>
    ) {
        let (xr, xi, yr, yi) = (x.real, x.imaginary, y.real, y.imaginary)
        let (c1, s1, c2, s2) = (wr[0], wi[0], wr[1], wi[1])
        let half: Float = 0.866_025_403_784_438_6  // sin 60°
        var q = 0
        while q < stride {
            let (ar, ai) = (xr[q], xi[q])
            let (br, bi) = (xr[q &+ step], xi[q &+ step])
            let (cr, ci) = (xr[q &+ 2 &* step], xi[q &+ 2 &* step])
            let (tr, ti) = (br + cr, bi + ci)
            let (ur, ui) = (half * (br - cr), half * (bi - ci))
            yr[q] = ar + tr
            yi[q] = ai + ti
            let (mr, mi) = (ar - 0.5 * tr, ai - 0.5 * ti)
            let (pr, pi) = (mr + ui, mi - ur)
            let (nr, ni) = (mr - ui, mi + ur)
            yr[q &+ stride] = pr * c1 - pi * s1
            yi[q &+ stride] = pr * s1 + pi * c1
            yr[q &+ 2 &* stride] = nr * c2 - ni * s2
            yi[q &+ 2 &* stride] = nr * s2 + ni * c2
            q &+= 1
        }
    }

    private static func radix4(
        _ x: Planes, _ y: Planes, _ step: Int, _ stride: Int, _ wr: UnsafePointer<Float>, _ wi: UnsafePointer<Float>
    ) {
        let (xr, xi, yr, yi) = (x.real, x.imaginary, y.real, y.imaginary)
        let (c1, s1, c2, s2, c3, s3) = (wr[0], wi[0], wr[1], wi[1], wr[2], wi[2])
        var q = 0
        while q < stride {
            let (ar, ai) = (xr[q], xi[q])
            let (br, bi) = (xr[q &+ step], xi[q &+ step])
            let (cr, ci) = (xr[q &+ 2 &* step], xi[q &+ 2 &* step])
            let (dr, di) = (xr[q &+ 3 &* step], xi[q &+ 3 &* step])
            let (acr, aci) = (ar + cr, ai + ci)
            let (amr, ami) = (ar - cr, ai - ci)
            let (bdr, bdi) = (br + dr, bi + di)
            let (bmr, bmi) = (br - dr, bi - di)
            yr[q] = acr + bdr
            yi[q] = aci + bdi
            let (pr, pi) = (amr + bmi, ami - bmr)
            yr[q &+ stride] = pr * c1 - pi * s1
            yi[q &+ stride] = pr * s1 + pi * c1
            let (mr, mi) = (acr - bdr, aci - bdi)
            yr[q &+ 2 &* stride] = mr * c2 - mi * s2
            yi[q &+ 2 &* stride] = mr * s2 + mi * c2
            let (nr, ni) = (amr - bmi, ami + bmr)
            yr[q &+ 3 &* stride] = nr * c3 - ni * s3
            yi[q &+ 3 &* stride] = nr * s3 + ni * c3
            q &+= 1
        }
    }

    private static func radix5(
        _ x: Planes, _ y: Planes, _ step: Int, _ stride: Int, _ wr: UnsafePointer<Float>, _ wi: UnsafePointer<Float>
    ) {
        let (xr, xi, yr, yi) = (x.real, x.imaginary, y.real, y.imaginary)
        let (k1, k2): (Float, Float) = (0.309_016_994_374_947_45, -0.809_016_994_374_947_5)  // cos 72°, cos 144°
        let (h1, h2): (Float, Float) = (0.951_056_516_295_153_5, 0.587_785_252_292_473_1)  // sin 72°, sin 144°
        var q = 0
        while q < stride {
            let (ar, ai) = (xr[q], xi[q])
            let (br, bi) = (xr[q &+ step], xi[q &+ step])
            let (cr, ci) = (xr[q &+ 2 &* step], xi[q &+ 2 &* step])
            let (dr, di) = (xr[q &+ 3 &* step], xi[q &+ 3 &* step])
            let (er, ei) = (xr[q &+ 4 &* step], xi[q &+ 4 &* step])
            let (ber, bei, bmr, bmi) = (br + er, bi + ei, br - er, bi - ei)
            let (cdr, cdi, cmr, cmi) = (cr + dr, ci + di, cr - dr, ci - di)
            yr[q] = ar + ber + cdr
            yi[q] = ai + bei + cdi
            let (ur, ui) = (ar + k1 * ber + k2 * cdr, ai + k1 * bei + k2 * cdi)
            let (vr, vi) = (ar + k2 * ber + k1 * cdr, ai + k2 * bei + k1 * cdi)
            let (sr, si) = (h1 * bmr + h2 * cmr, h1 * bmi + h2 * cmi)
            let (tr, ti) = (h2 * bmr - h1 * cmr, h2 * bmi - h1 * cmi)
            let (o1r, o1i, o4r, o4i) = (ur + si, ui - sr, ur - si, ui + sr)
            let (o2r, o2i, o3r, o3i) = (vr + ti, vi - tr, vr - ti, vi + tr)
            yr[q &+ stride] = o1r * wr[0] - o1i * wi[0]
            yi[q &+ stride] = o1r * wi[0] + o1i * wr[0]
            yr[q &+ 2 &* stride] = o2r * wr[1] - o2i * wi[1]
            yi[q &+ 2 &* stride] = o2r * wi[1] + o2i * wr[1]
            yr[q &+ 3 &* stride] = o3r * wr[2] - o3i * wi[2]
            yi[q &+ 3 &* stride] = o3r * wi[2] + o3i * wr[2]
            yr[q &+ 4 &* stride] = o4r * wr[3] - o4i * wi[3]
            yi[q &+ 4 &* stride] = o4r * wi[3] + o4i * wr[3]
            q &+= 1
        }
    }

    private static func general(
        _ pass: Pass, _ x: Planes, _ y: Planes, _ wr: UnsafePointer<Float>, _ wi: UnsafePointer<Float>,
        _ cosines: UnsafePointer<Float>, _ sines: UnsafePointer<Float>
    ) {
        let (radix, stride, step) = (pass.radix, pass.stride, pass.stride &* pass.groups)
        var q = 0
        while q < stride {
            var k = 0
            while k < radix {
                var (sr, si): (Float, Float) = (0, 0)
                var j = 0
                var root = 0
                while j < radix {
                    let (vr, vi) = (x.real[q &+ j &* step], x.imaginary[q &+ j &* step])
                    sr += vr * cosines[root] - vi * sines[root]
                    si += vr * sines[root] + vi * cosines[root]
                    root &+= k
                    if root >= radix { root &-= radix }
                    j &+= 1
                }
                let (c, s): (Float, Float) = k == 0 ? (1, 0) : (wr[k &- 1], wi[k &- 1])
                y.real[q &+ k &* stride] = sr * c - si * s
                y.imaginary[q &+ k &* stride] = sr * s + si * c
                k &+= 1
            }
            q &+= 1
        }
    }
}
