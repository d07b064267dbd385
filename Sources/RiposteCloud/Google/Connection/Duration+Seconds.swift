#if Cloud
    import SwiftProtobuf

    extension Google_Protobuf_Duration {
        /// In seconds, with its fraction.
        var inSeconds: Double { Double(seconds) + Double(nanos) / 1e9 }
    }
#endif
