"""What do people write that says nothing of the language they speak?"""

NEUTRAL = [
    *("ok", "OK.", "okay", "da", "Da!", "nu", "no", "yes", "Yes.", "yep", "nope", "da da da"),
    *("thanks", "Thank you!", "no, thank you", "mulțumesc", "Mulțumesc mult!", "mersi", "merci"),
    *("please", "sorry", "super", "perfect", "cool", "stop", "cancel", "help", "agent", "operator"),
    *("roaming", "card", "discount", "internet", "online", "wifi", "router", "SMS", "PIN", "PDF"),
    *("Ana", "Ana Pop", "Ștefan Țîrlea", "Mihai", "John Smith", "Anne-Marie", "Dan", "Popescu"),
    *("1", "2", "482913", "123456782", "45,50", "45,50 RON", "0722 123 456", "12.12.2026", "50 GB"),
    *("DT-2026-000123", "CT-2026-000012", "LMP-2026-000123", "RO49AAAA1B31007593840000"),
    *("ana@exemplu.ro", "my.bill.for.you@example.com", "factura.mea@de.la.noi.ro"),
    *("https://exemplu.ro/plata/factura-mea", "www.example.com/how-much-do-i-owe"),
    *("Abonament Mobil 50 GB", "Mobile 50 GB plan", "Fibre 500 internet plan", "Fibră 1000"),
    *("Abonament TV Esențial", "Pachet TV Sport", "TV Films package", "Opțiune Roaming Extra"),
    *("Wi-Fi 6 router rental", "Wi-Fi", "Protecție online", "Online protection"),
    *("română", "English", "", "👍", "🙏🙏", "...", "?", "привет", "مرحبا", "xqzt"),
]
