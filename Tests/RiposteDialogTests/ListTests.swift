import RiposteCore
import Testing

@testable import RiposteDialog

@Suite struct ListTests {
    @Test(
        arguments: [
            ("add milk to the shopping list", "shopping", ["milk"]),
            ("Put eggs on my shopping list.", "shopping", ["eggs"]),
            ("add milk and eggs to the list", "shopping", ["milk", "eggs"]),
            (
                "Add some milk, a dozen eggs, and butter to my shopping list, please.", "shopping",
                ["milk", "a dozen eggs", "butter"]
            ),
            ("can you add salt and pepper to the grocery list", "shopping", ["salt and pepper"]),
            ("put call the dentist on my to do list", "to do", ["call the dentist"]),
            ("add sunscreen to the packing list", "packing", ["sunscreen"]),
            ("add two bottles of water to the shopping list", "shopping", ["two bottles of water"]),
            ("add bread to the groceries list too", "shopping", ["bread"]),
        ] as [(String, String, [String])])
    func adds(_ text: String, _ list: String, _ items: [String]) {
        var talk = DialogFixture()
        let answer = talk.say(text)
        #expect(talk.conversation.lists == [NamedList(name: list, items: items)], "\(answer.text)")
        #expect(answer.text.hasSuffix("on your \(list) list."))
    }

    @Test func readsRemovesAndClears() {
        var talk = DialogFixture()
        #expect(talk.say("what's on my shopping list").text == "Your shopping list is empty.")
        talk.say("add milk, eggs and a loaf of bread to the shopping list")
        #expect(
            talk.say("read me my shopping list").text
                == "On your shopping list there are: milk, eggs, and a loaf of bread.")
        #expect(talk.say("add milk to the list").text == "Milk is on your shopping list already.")
        #expect(talk.say("are eggs on the list").text == "Yes, eggs are on your shopping list.")
        #expect(talk.say("is butter on the shopping list").text == "No, butter is not on your shopping list.")
        #expect(talk.say("take the bread off my list").text == "Okay, a loaf of bread is off your shopping list.")
        #expect(talk.say("remove tea from the list").text == "Tea is not on your shopping list.")
        #expect(talk.say("how many things are on my list").text == "2 things on your shopping list.")
        #expect(talk.say("clear the shopping list").text == "Okay, your shopping list is empty.")
        #expect(talk.conversation.lists.isEmpty)
    }

    @Test func keepsSeveral() {
        var talk = DialogFixture()
        talk.say("add milk to the shopping list")
        talk.say("add water the plants to my to-do list")
        #expect(talk.say("what lists do I have").text == "You have the shopping list and the to do list.")
        #expect(talk.say("what's on my to do list").text == "On your to do list there is: water the plants.")
    }

    @Test func asksWhatToAdd() {
        var talk = DialogFixture()
        #expect(talk.say("add something to my shopping list").text == ListSkill.whatToAdd)
        talk.say("apples and pears")
        #expect(talk.conversation.lists == [NamedList(name: "shopping", items: ["apples", "pears"])])
        talk.say("add something to my shopping list")
        #expect(talk.say("no").effects.isEmpty)
    }

    @Test func isFullAtSomePoint() {
        var talk = DialogFixture()
        let items = (0..<ListSkill.mostItems).map { "thing \($0)" }
        talk.conversation.lists = [NamedList(name: "shopping", items: items)]
        #expect(talk.say("add milk to the shopping list").text == "Your shopping list is full.")
        #expect(talk.say("what's on my list").text.hasSuffix("thing 10, and more."))
    }

    @Test(arguments: [
        "I have to go to the store and buy some milk", "the guest list is long", "add two and three", "list of kings",
        "he is on the list of suspects", "make a list of all the presidents",
    ])
    func leavesOtherTalkAlone(_ text: String) {
        #expect(DialogFixture.answer(text).effects.isEmpty, "\(DialogFixture.answer(text).text)")
    }
}
