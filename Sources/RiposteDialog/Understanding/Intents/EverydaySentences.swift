/// Things that people say to an assistant: what a project's intents are told from, besides from each other.
///
/// A project with three intents and ten examples of each says nothing of what is none of them. These sentences do, as
/// far as they are not like the project's own.
enum EverydaySentences {
    static let all: [String] = text.split(separator: "\n").map(String.init)

    private static let text = """
        what is the weather like today
        will it rain this weekend
        how tall is mount everest
        who wrote the odyssey
        play some music
        skip this song
        turn up the volume
        turn off the lights in the hallway
        set the thermostat to twenty degrees
        lock the front door
        what time is it in tokyo
        set an alarm for six in the morning
        remind me to water the plants
        how long does it take to boil an egg
        give me a recipe for pancakes
        what can i cook with leeks and rice
        how many calories are in a banana
        order a pizza with mushrooms
        book a table for four tonight
        find a good restaurant near me
        i would like a glass of water
        do you have anything without nuts
        call my mother
        send a message to paul saying i am late
        read me my last email
        do i have any meetings tomorrow
        add eggs to the shopping list
        what is on my calendar on friday
        how much money is in my account
        pay the electricity bill
        transfer two hundred to my savings
        what is the exchange rate for the euro
        how is the stock market doing
        i lost my credit card
        book a flight to lisbon
        is my train on time
        how do i get to the airport
        how far is it to the next petrol station
        is there much traffic on the way home
        i need a hotel for two nights
        where did i park the car
        what does this warning light mean
        when do i have to change the oil
        my computer will not start
        how do i reset my password
        the printer is out of paper
        the internet is very slow today
        what is the capital of peru
        how many people live in india
        when did the second world war end
        what is the square root of eighty one
        convert five miles to kilometres
        how do you spell necessary
        what does ubiquitous mean
        how do you say thank you in japanese
        translate this into french
        tell me a joke
        sing a song for me
        tell me something interesting
        what is your favourite colour
        how old are you
        who made you
        are you a robot
        can you keep a secret
        do you like dogs
        what did you do yesterday
        i am bored
        i feel a little sad today
        i am so happy that it worked
        my head hurts
        which medicine helps against a cold
        how much should i sleep
        i want to lose some weight
        how do i get rid of hiccups
        the baby is crying again
        my cat is sitting on the roof
        what should i name my dog
        who won the match last night
        when does the next game start
        how many players are in a football team
        what films are showing tonight
        who played the lead in that series
        recommend me a good book
        what is the news today
        who is the president of france
        when is the next election
        i do not agree with that at all
        my neighbour is painting his fence
        the grass needs cutting
        how do i get red wine out of a carpet
        where can i buy cheap furniture
        has my parcel been sent
        i want to return these shoes
        what size should i take
        how much does this cost
        are there any discounts
        when do you open on sundays
        i would like to speak to a person
        this is not what i asked for
        i want to make a complaint
        cancel my subscription
        change my address
        what is my phone number
        turn on airplane mode
        take a picture
        show me my photos from last summer
        delete all of my files
        install the latest update
        how much battery is left
        connect to the speaker in the kitchen
        vacuum the living room
        start the washing machine
        is the oven still on
        who is at the door
        open the garage
        close the curtains
        flip a coin
        roll two dice
        pick a number between one and ten
        what day is it
        when is easter this year
        how many days until christmas
        what is my horoscope
        does god exist
        why is the sky blue
        how do planes stay in the air
        what is inside a black hole
        how deep is the ocean
        do penguins have knees
        how old is the universe
        what is the fastest animal
        how do bees make honey
        can you explain how a loan works
        what is a good interest rate
        how are taxes worked out
        do i need a visa for china
        which vaccines do i need
        how do i apply for a passport
        write a poem about the sea
        help me with my homework
        what is the difference between a violin and a viola
        teach me how to dance
        how do i learn to play the guitar
        i am going to the gym
        i have a dentist appointment at nine
        the bus was late again this morning
        we should go hiking some time
        she said that she would come later
        it is hot in here
        i forgot what i wanted to say
        that reminds me of a story
        one two three testing
        banana umbrella seventeen
        the quick fox went over the hill
        blah blah blah
        never mind me i was talking to someone else
        put it on the table over there
        did you see where she went
        we are almost there
        hold on a second somebody is calling
        dinner is ready come down
        """
}
