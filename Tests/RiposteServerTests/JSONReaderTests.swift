import Foundation
import Testing

@testable import RiposteServer

@Suite struct JSONReaderTests {
    @Test func readsWhatFoundationReads() throws {
        for text in [
            #"{"a":1,"b":[true,false,null],"c":{"d":"x"}}"#, "[]", "{}", #""""#, "0", "-0.5e-3", "1E+2", " [ 1 , 2 ] ",
            #""\u00e9\ud83d\ude00\n\t\"\\\/\b\f\r""#, "\"é😀\"", #"{"":""}"#,
        ] {
            let mine = try JSONReader.value(Array(text.utf8))
            #expect(mine == (try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))), "\(text)")
            // What is written is what was read.
            #expect(try JSONReader.value(Array(mine.text.utf8)) == mine, "\(mine.text)")
        }
    }

    @Test func refusesWhatIsNoJSON() {
        for text in [
            "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":}", "01", "1.", ".5", "-", "+1", "1e", "nul", "tru", "\"",
            "\"\\x\"",
            "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\n\"", "[1] 2", "{a:1}", "'a'", "1e999", "NaN",
            #"{"a":1,"a":2}"#,
        ] {
            #expect(throws: JSONReader.Fault.self, "\(text)") { try JSONReader.value(Array(text.utf8)) }
        }
        #expect(throws: JSONReader.Fault.self) { try JSONReader.value([0x22, 0xFF, 0x22]) }
    }

    @Test func keepsToItsBounds() {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONReader.value(Array(deep.utf8)) }
        #expect(throws: JSONReader.Fault.self) { try JSONReader.value(Array("[\(deep)]".utf8)) }
        let abyss = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONReader.Fault.self) { try JSONReader.value(abyss) }
        let many = "[" + String(repeating: "0,", count: 20_000) + "0]"
        #expect(throws: JSONReader.Fault.self) { try JSONReader.value(Array(many.utf8)) }
    }

    @Test func writesAnything() throws {
        let value: JSONValue = ["z": [1, 1.5.json, nil, true], "a\"\\\n\u{1}": "é\u{7F}"]
        #expect(value.text == #"{"a\"\\\n\u0001":"é\#u{7F}","z":[1,1.5,null,true]}"#)
        #expect(JSONValue.number(.infinity).text == "null")
        #expect(JSONValue.number(1e300).text == "1e+300")
    }
}

extension Double {
    fileprivate var json: JSONValue { .number(self) }
}
